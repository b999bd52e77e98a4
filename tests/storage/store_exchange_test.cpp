#include "storage/store_fixture.hpp"
#include "support/fault_vfs.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using lodge::test::DiskCall;
using lodge::test::FaultVfs;

namespace {

constexpr const char* text = R"({"monday":"9"})";

Claim claim_of(const Submission& submission, Kiosk& kiosk) {
  return {.submission = submission.number,
          .step = Step::send,
          .request = NewRequest{.key = RequestKey{kiosk.fresh_id().bytes},
                                .url = "https://example.org/" + submission.record.key,
                                .precondition = Precondition::absent}};
}

}  // namespace

TEST_CASE("an exchange records what came and opens what goes next, in one transaction") {
  Kiosk kiosk;
  kiosk.begin_epoch();
  const auto first = kiosk.submit("ada", text);
  const auto second = kiosk.submit("bob", text);
  const auto claimed = kiosk.claim(first.id);
  const auto settled = kiosk.settled(first.id, claimed, State::delivered);
  const auto claim = claim_of(second, kiosk);
  const auto done =
      kiosk.store().exchange({&settled, 1}, {}, {&claim, 1}, kiosk.epoch, kiosk.act());
  REQUIRE(done.stored.size() == 1);
  CHECK(done.stored[0].state == State::delivered);
  CHECK_FALSE(done.stored[0].next_is_ready);
  REQUIRE(done.claimed.size() == 1);
  CHECK(done.claimed[0].attempt);
  CHECK(kiosk.state(first.id) == State::delivered);
  CHECK(kiosk.state(second.id) == State::sending);
  CHECK_INTACT(kiosk);
}

TEST_CASE("an exchange says that a follower may go since now") {
  Kiosk kiosk;
  kiosk.begin_epoch();
  const auto first = kiosk.submit("ada", text);
  kiosk.submit("ada", R"({"monday":"10"})");
  const auto settled = kiosk.settled(first.id, kiosk.claim(first.id), State::delivered);
  const auto done = kiosk.store().exchange({&settled, 1}, {}, {}, kiosk.epoch, kiosk.act());
  CHECK(done.stored.at(0).next_is_ready);
}

TEST_CASE("a flusher of an older epoch records its answers and opens nothing") {
  Kiosk kiosk;
  kiosk.begin_epoch();
  const auto first = kiosk.submit("ada", text);
  const auto second = kiosk.submit("bob", text);
  const auto claimed = kiosk.claim(first.id);
  const auto settled = kiosk.settled(first.id, claimed, State::delivered);
  const auto old = kiosk.epoch;
  kiosk.begin_epoch();
  const auto claim = claim_of(second, kiosk);
  const auto done = kiosk.store().exchange({&settled, 1}, {}, {&claim, 1}, old, kiosk.act());
  CHECK(done.stored.at(0).late);
  CHECK(kiosk.state(first.id) == State::delivered);
  CHECK_FALSE(done.claimed.at(0).attempt);
  CHECK(kiosk.state(second.id) == State::pending);
  CHECK_INTACT(kiosk);
}

TEST_CASE("texts are read together, and empty stands for one that cannot be") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", text);
  const auto number = kiosk.store().submission_content(form.id);
  const ContentNumber numbers[] = {number, 0, 4'711};
  const auto texts = kiosk.store().contents(numbers);
  CHECK(texts == std::vector<std::optional<std::string>>{text, std::nullopt, std::nullopt});
}

TEST_CASE("S2: a durable submit is one sync, checkpoints included 1.02") {
  FaultVfs vfs;
  Kiosk kiosk({.vfs = vfs.name()});
  constexpr int submits = 500;
  const std::string form = R"({"words":")" + std::string(570, 'x') + "\"}";
  for (int i = 0; i < submits; ++i) kiosk.submit("warm" + std::to_string(i), form);
  const auto syncs = vfs.count(DiskCall::sync);
  for (int i = 0; i < submits; ++i) kiosk.submit("form" + std::to_string(i), form);
  CHECK(vfs.count(DiskCall::sync) - syncs <= submits * 102 / 100);
}
