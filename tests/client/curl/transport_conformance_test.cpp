// What every Transport must do. The worker relies on no more than this.

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/transfers.hpp"
#include "transport_subject.hpp"

namespace lodge::test {
namespace {

std::unique_ptr<TransportSubject> any_subject() {
  const int kind = GENERATE(0, 1, 2);
  if (kind == 0) return curl_subject();
  return kind == 1 ? memory_subject() : failing_subject();
}

std::set<TransferId> ids_of(const std::vector<Finished>& ended) {
  std::set<TransferId> ids;
  for (const Finished& each : ended) ids.insert(each.id);
  return ids;
}

}  // namespace

TEST_CASE("a transport carries method, headers and body there and back", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  Request request = put(subject->url(), std::string("{\"monday\":\"09:00\"}\0\xff", 21));
  request.headers = {{"X-Echo", "one, two"}, {"Content-Type", "application/json"}};
  const Reply reply = transfers.exchange(request);
  CHECK(reply.error == TransportError::none);
  CHECK(reply.status == 200);
  CHECK(reply.body == request.body);
  CHECK(header(reply.headers, "x-method") == "PUT");
  CHECK(header(reply.headers, "X-Echo") == "one, two");
  CHECK(reply.departures == 1);
  CHECK(reply.loopback);
  CHECK_FALSE(reply.verified);

  CHECK(header(transfers.exchange(get(subject->url())).headers, "X-Method") == "GET");
  const Reply removed = transfers.exchange({.method = Method::del, .url = subject->url()});
  CHECK(header(removed.headers, "X-Method") == "DELETE");
  CHECK(removed.body.empty());
}

TEST_CASE("every started transfer is reported exactly once, under its id", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  constexpr std::size_t count = 100;
  for (std::size_t i = 0; i < count; ++i) {
    transfers.start(put(subject->url(), "body of " + std::to_string(i + 1)));
  }
  const std::vector<Finished> ended = transfers.wait(count);
  REQUIRE(ended.size() == count);
  CHECK(ids_of(ended).size() == count);
  for (const Finished& each : ended) {
    CHECK(each.reply.error == TransportError::none);
    CHECK(each.reply.body == "body of " + std::to_string(each.id));
  }
  CHECK(subject->transport().collect().empty());
}

TEST_CASE("an id is free again once its transfer was collected", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  for (int round = 0; round < 3; ++round) {
    subject->transport().start(7, put(subject->url(), "same id"));
    const auto ended = transfers.wait(1);
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().id == 7);
    CHECK(ended.front().reply.body == "same id");
  }
}

TEST_CASE("a reply body beyond its limit is cut and said to be too large", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  Request request = put(subject->url(), std::string(1000, 'x'));
  request.reply_limit = 999;
  const Reply cut = transfers.exchange(request);
  CHECK(cut.error == TransportError::too_large);
  CHECK(cut.status == 200);
  CHECK(cut.body.size() <= 999);
  request.reply_limit = 1000;
  CHECK(transfers.exchange(request).error == TransportError::none);
}

TEST_CASE("nothing ends while the server stalls, everything after", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  subject->stall();
  for (int i = 0; i < 5; ++i) transfers.start(put(subject->url(), "held"));
  CHECK(subject->transport().collect().empty());
  CHECK(transfers.notified() == 0);
  subject->resume();
  CHECK(ids_of(transfers.wait(5)) == std::set<TransferId>{1, 2, 3, 4, 5});
}

TEST_CASE("a cancelled transfer is reported as cancelled, once", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  subject->stall();
  // More than a transport has in flight, so that one that waits for its turn is among them.
  constexpr TransferId count = 40;
  for (TransferId i = 0; i < count; ++i) transfers.start(put(subject->url(), "held"));
  subject->transport().cancel(2);
  subject->transport().cancel(count);
  subject->transport().cancel(2);
  subject->transport().cancel(1000);
  const std::vector<Finished> cancelled = transfers.wait(2);
  REQUIRE(ids_of(cancelled) == std::set<TransferId>{2, count});
  for (const Finished& each : cancelled) CHECK(each.reply.error == TransportError::cancelled);
  subject->resume();
  const std::vector<Finished> rest = transfers.wait(count - 2);
  CHECK(ids_of(rest).size() == count - 2);
  for (const Finished& each : rest) CHECK(each.reply.error == TransportError::none);
  CHECK(subject->transport().collect().empty());
}

TEST_CASE("cancelling what has ended changes nothing", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  const TransferId id = transfers.start(put(subject->url(), "done"));
  const auto ended = transfers.wait(1);
  REQUIRE(ended.size() == 1);
  subject->transport().cancel(id);
  CHECK(transfers.exchange(put(subject->url(), "next")).body == "next");
  CHECK(subject->transport().collect().empty());
}

TEST_CASE("the owner is called once for each batch that it has not collected", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  transfers.exchange(put(subject->url(), "first"));
  CHECK(transfers.notified() == 1);
  transfers.exchange(put(subject->url(), "second"));
  CHECK(transfers.notified() == 2);
}

TEST_CASE("transfers end in order when there is one at a time", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  for (TransferId id = 1; id <= 20; ++id) {
    const Reply reply = transfers.exchange(put(subject->url(), std::to_string(id)));
    CHECK(reply.body == std::to_string(id));
  }
}

TEST_CASE("forgetting connections loses no transfer", "[transport]") {
  const auto subject = any_subject();
  Transfers transfers(subject->transport());
  CHECK(transfers.exchange(put(subject->url(), "before")).body == "before");
  for (int i = 0; i < 60; ++i) {
    transfers.start(put(subject->url(), "around"));
    if (i % 7 == 0) subject->transport().forget_connections();
  }
  const std::vector<Finished> ended = transfers.wait(60);
  CHECK(ended.size() == 60);
  CHECK(std::ranges::all_of(ended, [](const Finished& each) {
    return each.reply.error == TransportError::none && each.reply.body == "around";
  }));
}

TEST_CASE("a transport can end with transfers in flight", "[transport]") {
  const auto subject = any_subject();
  std::atomic<bool> gone = false;
  std::atomic<bool> called_late = false;
  subject->transport().on_finished([&] { called_late = called_late || gone; });
  subject->stall();
  for (TransferId id = 1; id <= 40; ++id) {
    subject->transport().start(id, put(subject->url(), "never answered"));
  }
  subject->destroy();
  gone = true;
  subject->resume();
  CHECK_FALSE(called_late);
}

}  // namespace lodge::test
