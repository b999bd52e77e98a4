#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* text = R"({"monday":"9"})";

std::vector<std::string> keys(const std::vector<Submission>& page) {
  std::vector<std::string> found;
  for (const Submission& one : page) found.push_back(one.record.key);
  return found;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("the outbox is read in pages, in order of acceptance") {
  Kiosk kiosk;
  for (const char* key : {"a", "b", "c", "d"}) kiosk.submit(key, text);
  const auto first = kiosk.store().outbox({.limit = 3});
  CHECK(keys(first) == Keys{"a", "b", "c"});
  CHECK(keys(kiosk.store().outbox({.after_number = first.back().number})) == Keys{"d"});
}

TEST_CASE("the outbox is filtered by id, collection, lane, state, and by being settled") {
  Kiosk kiosk;
  const auto sent = kiosk.submit("a", text);
  const auto bad = kiosk.submit("b", text);
  Draft deferred = kiosk.form("c");
  deferred.lane = "deferred";
  kiosk.submit(deferred, text);
  kiosk.deliver(sent.id);
  kiosk.attempt(bad.id, State::rejected);
  Store& store = kiosk.store();
  CHECK(keys(store.outbox({})) == Keys{"b", "c"});
  CHECK(keys(store.outbox({.settled_too = true})) == Keys{"a", "b", "c"});
  CHECK(keys(store.outbox({.filter = {.state = State::rejected}})) == Keys{"b"});
  CHECK(keys(store.outbox({.filter = {.state = State::pending}})) == Keys{"c"});
  CHECK(keys(store.outbox({.filter = {.state = State::delivered}})) == Keys{"a"});
  CHECK(keys(store.outbox({.filter = {.lane = "deferred"}})) == Keys{"c"});
  CHECK(keys(store.outbox({.filter = {.lane = "deferred", .state = State::rejected}})).empty());
  CHECK(keys(store.outbox({.filter = {.id = bad.id}})) == Keys{"b"});
  CHECK(keys(store.outbox({.filter = {.id = sent.id}})).empty());
  CHECK(keys(store.outbox({.filter = {.id = sent.id}, .settled_too = true})) == Keys{"a"});
  CHECK(store.outbox({.filter = {.collection = "elsewhere"}}).empty());
}

TEST_CASE("the tally counts nothing and is right") {
  Kiosk kiosk;
  CHECK(kiosk.store().tally().delivered_up_to == 0);
  const auto first = kiosk.submit("a", text);
  kiosk.now += 1min;
  const auto second = kiosk.submit("b", text);
  kiosk.save(kiosk.form("c"), text);
  kiosk.deliver(first.id);
  Tally tally = kiosk.store().tally();
  CHECK(tally.counts[static_cast<int>(State::delivered)] == 1);
  CHECK(tally.counts[static_cast<int>(State::pending)] == 1);
  CHECK(tally.delivered_up_to == 1);
  CHECK(tally.oldest_unsettled == second.submitted_at);
  CHECK(tally.drafts == 1);
  CHECK(tally.history_entries == 4);
  kiosk.deliver(second.id);
  tally = kiosk.store().tally();
  CHECK(tally.delivered_up_to == 2);
  CHECK_FALSE(tally.oldest_unsettled);
}

TEST_CASE("edit_facts tells the draft, the head, the identity's newest and the record") {
  Kiosk kiosk;
  const RecordId a{"availability", "a"};
  CHECK(kiosk.store().edit_facts(a, "ada", "normal").record.id == a);
  kiosk.learn("a", text, "\"1\"");
  const auto head = kiosk.submit(kiosk.form("a", "ada"), R"({"n":1})");
  const auto newest = kiosk.submit(kiosk.form("a", "ada"), R"({"n":2})");
  kiosk.submit(kiosk.form("a", "bob"), R"({"n":3})");
  const auto facts = kiosk.store().edit_facts(a, "ada", "normal");
  CHECK(facts.head->id == head.id);
  CHECK(facts.newest->id == newest.id);
  CHECK(kiosk.store().content(facts.head_content) == R"({"n":1})");
  CHECK(kiosk.store().content(facts.newest_content) == R"({"n":2})");
  CHECK(kiosk.store().content(facts.record_content) == text);
  CHECK(facts.record.version == Version{"\"1\""});
  CHECK_FALSE(kiosk.store().edit_facts(a, "eve", "normal").newest);
}

TEST_CASE("what does not exist is empty, not an error") {
  Kiosk kiosk;
  const auto id = kiosk.fresh_id();
  CHECK_FALSE(kiosk.store().submission(id));
  CHECK_FALSE(kiosk.store().delivery_facts(id));
  CHECK_FALSE(kiosk.store().receipt(id));
  CHECK_FALSE(kiosk.store().ahead_of(id));
  CHECK(kiosk.store().followers(id).empty());
  CHECK(kiosk.store().attempts(id).empty());
  CHECK_FALSE(kiosk.store().record({"availability", "a"}));
  CHECK(kiosk.store().record_content({"availability", "a"}) == 0);
  CHECK(kiosk.store().submission_content(id) == 0);
  CHECK(kiosk.store().conflicts(RecordId{"availability", "a"}).empty());
  CHECK_FALSE(kiosk.store().tally().last_delivery);
}

TEST_CASE("S8: an edited, removed or swapped history row is named", "[S8]") {
  Kiosk kiosk;
  for (const char* key : {"a", "b", "c", "d"}) kiosk.submit(key, text);
  CHECK(kiosk.store().verify_history().intact);
  SECTION("edited") {
    tamper(kiosk.path(),
           "DROP TRIGGER history_is_never_edited; UPDATE history SET who = 'x' WHERE number = 3");
    CHECK(kiosk.store().verify_history().first_bad == 3);
  }
  SECTION("removed") {
    tamper(kiosk.path(),
           "DROP TRIGGER history_is_never_deleted; DELETE FROM history WHERE number = 2");
    CHECK(kiosk.store().verify_history().first_bad == 2);
  }
  SECTION("swapped") {
    tamper(kiosk.path(),
           "DROP TRIGGER history_is_never_edited; UPDATE history SET number = 9 WHERE number = 3;"
           "UPDATE history SET number = 3 WHERE number = 4; UPDATE history SET number = 4 WHERE "
           "number = 9");
    CHECK(kiosk.store().verify_history().first_bad == 3);
  }
  CHECK_FALSE(kiosk.store().verify_history().intact);
}

TEST_CASE("a state that does not follow from the history is found") {
  Kiosk kiosk;
  const auto form = kiosk.submit("a", text);
  std::string expected = form.id.text();
  SECTION("a row was changed") {
    tamper(kiosk.path(), "UPDATE submissions SET state = 'rejected', ready = 0");
    expected += " is stored as rejected, but its history says pending";
  }
  SECTION("a row was removed") {
    tamper(kiosk.path(), "DROP TRIGGER submissions_are_kept; DELETE FROM submissions");
    expected += ", which is not in the store";
  }
  const auto verdict = kiosk.store().verify_history();
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.sentence.find(expected) != std::string::npos);
  CHECK_FALSE(kiosk.store().broken_invariants().empty());
}

TEST_CASE("states follow from the history beyond one page of it") {
  Kiosk kiosk;
  std::vector<SubmitDraft> many;
  for (int i = 0; i < 2'100; ++i) {
    many.push_back({.draft = kiosk.form("a" + std::to_string(i)), .bytes = text});
  }
  kiosk.store().submit_all(many, kiosk.act());
  CHECK(kiosk.store().verify_history().entries == 2'100);
  tamper(kiosk.path(), "UPDATE submissions SET state = 'rejected', ready = 0 WHERE number = 2050");
  CHECK_FALSE(kiosk.store().verify_history().intact);
}
