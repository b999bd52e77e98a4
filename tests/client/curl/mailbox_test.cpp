#include "client/curl/mailbox.hpp"

#include <poll.h>

#include <new>
#include <variant>
#include <vector>

#include "support/catch.hpp"

namespace lodge::test {
namespace {

using client::Mailbox;
using client::RecallTransfer;

std::vector<Finished> one_answer() { return std::vector<Finished>(1); }

}  // namespace

TEST_CASE("commands that were left come again before newer ones", "[transport]") {
  Mailbox mailbox(4);
  for (TransferId id = 1; id <= 3; ++id) mailbox.post(RecallTransfer{id});
  auto* commands = mailbox.take();
  REQUIRE(commands != nullptr);
  REQUIRE(commands->size() == 3);
  commands->erase(commands->begin());
  mailbox.post(RecallTransfer{4});
  CHECK(mailbox.take()->size() == 2);
  commands->clear();
  REQUIRE(mailbox.take()->size() == 1);
  CHECK(std::get<RecallTransfer>(commands->front()).id == 4);
}

TEST_CASE("the bell rings for whoever sleeps, and for nobody else", "[transport]") {
  Mailbox mailbox(4);
  const auto rings = [&] {
    pollfd bell{mailbox.bell().readable(), POLLIN, 0};
    return ::poll(&bell, 1, 0) == 1;
  };
  mailbox.post(RecallTransfer{1});
  CHECK_FALSE(rings());
  CHECK_FALSE(mailbox.may_sleep());
  mailbox.take()->clear();
  CHECK(mailbox.may_sleep());
  mailbox.post(RecallTransfer{2});
  mailbox.post(RecallTransfer{3});
  CHECK(rings());
  mailbox.bell().drain();
  CHECK_FALSE(rings());
}

TEST_CASE("an owner that could not be told of an answer is told again", "[transport]") {
  Mailbox mailbox(4);
  int told = 0;
  mailbox.on_finished([&] {
    if (++told == 1) throw std::bad_alloc();
  });
  auto batch = one_answer();
  CHECK_FALSE(mailbox.deliver(batch));
  CHECK(batch.empty());
  CHECK(mailbox.deliver(batch));
  CHECK(told == 2);
  CHECK(mailbox.deliver(batch));
  CHECK(told == 2);
  CHECK(mailbox.collect().size() == 1);
}

}  // namespace lodge::test
