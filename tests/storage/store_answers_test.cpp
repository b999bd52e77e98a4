// What an answer leaves in the history and at its record.

#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;

namespace {

constexpr const char* entered = R"({"monday":"9"})";

}  // namespace

TEST_CASE("a hold without modification leaves no entry") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", entered);
  Settled hold = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
  hold.action.clear();
  hold.tries = 0;
  kiosk.settle(hold);
  CHECK(kiosk.actions(form.id) == std::vector<std::string>{"submitted"});
  CHECK(kiosk.now_of(form.id).tries == 0);
  CHECK_INTACT(kiosk);
}

TEST_CASE("an answer that changes no state leaves an entry where it says or teaches something") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", entered);
  Settled told = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
  told.action = "postponed";
  told.due_at = kiosk.now;
  kiosk.settle(told);
  CHECK(kiosk.actions(form.id) == std::vector<std::string>{"submitted", "postponed"});
  Settled taught = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
  taught.action.clear();
  taught.record = RecordLearned{.presence = Presence::present, .version = Version{"\"7\""}};
  kiosk.settle(taught);
  CHECK(kiosk.actions(form.id) == std::vector<std::string>{"submitted", "postponed", "pending"});
  CHECK_INTACT(kiosk);
}

TEST_CASE("P7: a version that was learned without its text has none, least of all the one before",
          "[P7]") {
  Kiosk kiosk;
  kiosk.learn("ada", entered, "\"1\"");
  const auto form = kiosk.submit("ada", R"({"x":2})");
  const auto text_at = [&](const char* tag) {
    Settled learned = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
    learned.record = RecordLearned{.presence = Presence::present, .version = Version{tag}};
    learned.due_at = kiosk.now;
    kiosk.settle(learned);
    return kiosk.due().at(0).record_content;
  };
  CHECK(text_at("\"1\"") != 0);
  CHECK(text_at("\"2\"") == 0);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a late success tells of the drafts that are stale since then") {
  Kiosk kiosk;
  kiosk.learn("ada", R"({"a":0})", "\"0\"");
  const auto form = kiosk.submit("ada", R"({"a":1})");
  Draft other = kiosk.form("ada", "eve");
  other.base = BaseKind::version;
  other.base_version = Version{"\"0\""};
  kiosk.save(other, R"({"b":1})");
  Settled settled = kiosk.settled(form.id, kiosk.claim(form.id), State::delivered);
  settled.record = RecordLearned{.presence = Presence::present,
                                 .version = Version{"\"1\""},
                                 .text = RecordLearned::Text::of_submission};
  kiosk.begin_epoch();  // another process took over meanwhile
  const Stored stored = kiosk.settle(settled);
  CHECK(stored.late);
  CHECK(stored.stale_drafts == std::vector{other.id});
}
