#include <thread>

#include "storage/store_fixture.hpp"
#include "support/fault_vfs.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* first_text = R"({"monday":"9"})";
constexpr const char* second_text = R"({"monday":"10"})";

StoreOptions limited(std::int64_t submissions, std::int64_t bytes) {
  StoreOptions options;
  options.outbox_limit = submissions;
  options.outbox_bytes = bytes;
  return options;
}

}  // namespace

TEST_CASE("promise 2: whichever write fails, a submission is there with its entry or not at all") {
  bool failed = true;
  for (int nth = 1; failed; ++nth) {
    lodge::test::FaultVfs disk;
    StoreOptions options;
    options.vfs = disk.name();
    Kiosk kiosk(options);
    disk.fail(lodge::test::DiskCall::write, nth, lodge::test::DiskFault::full, true);
    const auto error = errc_of([&] { kiosk.submit("ada", first_text); });
    failed = disk.hits() > 0;
    disk.heal();
    CAPTURE(nth);
    CHECK(error == (failed ? std::optional(Errc::disk_full) : std::nullopt));
    const auto tally = kiosk.store().tally();
    CHECK(tally.counts[static_cast<int>(State::pending)] == (failed ? 0 : 1));
    CHECK(tally.history_entries == (failed ? 0 : 1));
    CHECK_INTACT(kiosk);
    REQUIRE(nth < 100);
  }
}

TEST_CASE("a submission takes the draft's id, its text and everything it says") {
  Kiosk kiosk;
  Draft draft = kiosk.form("ada", "ada");
  draft.lane = "deferred";
  draft = kiosk.save(draft, first_text);
  const auto made = kiosk.store().submit(
      {.draft = draft, .bytes = first_text, .effective_at = start_time - 24h}, kiosk.act("late"));
  kiosk.reopen();
  const auto found = kiosk.now_of(draft.id);
  CHECK(found.id == draft.id);
  CHECK(found.number == made.number);
  CHECK(found.state == State::pending);
  CHECK(found.identity == "ada");
  CHECK(found.lane == "deferred");
  CHECK(found.effective_at == start_time - 24h);
  CHECK(found.reason == "late");
  CHECK(found.size == 14);
  CHECK(found.digest == made.digest);
  CHECK(found.place == 1);
  CHECK(kiosk.text_of(draft.id) == first_text);
  CHECK(kiosk.store().drafts(std::nullopt).empty());
  CHECK(kiosk.due().size() == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a submitted text that the history holds already is not stored again") {
  Kiosk kiosk;
  const Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  kiosk.submit(draft, first_text);
  const auto entries = kiosk.store().history({.submission = draft.id});
  CHECK(entries.front().after == entries.back().after);
  CHECK(kiosk.store().submission_content(draft.id) == 1);
}

TEST_CASE("submit is idempotent in the draft's id") {
  Kiosk kiosk;
  const Draft draft = kiosk.form("ada");
  const auto first = kiosk.submit(draft, first_text);
  CHECK(kiosk.submit(draft, first_text).number == first.number);
  CHECK(errc_of([&] { kiosk.submit(draft, second_text); }) == Errc::already_submitted);
  kiosk.deliver(draft.id);
  CHECK(kiosk.submit(draft, first_text).state == State::delivered);
  CHECK(kiosk.store().tally().counts[static_cast<int>(State::delivered)] == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("I6: a double click from two threads and two stores makes one submission", "[I6]") {
  Kiosk kiosk;
  const auto other = kiosk.another();
  for (int round = 0; round < 20; ++round) {
    const Draft draft = kiosk.form("ada" + std::to_string(round));
    const SubmitDraft click{.draft = draft, .bytes = first_text};
    std::vector<Submission> made(4);
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < made.size(); ++i) {
        threads.emplace_back([&, i] {
          Store& store = i % 2 == 0 ? kiosk.store() : *other;
          made[i] = store.submit(click, kiosk.act());
        });
      }
    }
    for (const auto& one : made) CHECK(one.number == made[0].number);
  }
  CHECK(kiosk.store().tally().counts[static_cast<int>(State::pending)] == 20);
  CHECK_INTACT(kiosk);
}

TEST_CASE("I8: a save raced with the submit of the same draft loses no text", "[I8]") {
  Kiosk kiosk;
  const auto other = kiosk.another();
  for (int round = 0; round < 20; ++round) {
    const std::string key = "ada" + std::to_string(round);
    const Draft draft = kiosk.save(kiosk.form(key), R"({"monday":"8"})");
    const SubmissionId fresh = kiosk.fresh_id();
    bool submit_was_stale = false;
    {
      std::jthread saving([&] {
        other->save({.draft = draft, .bytes = second_text, .fresh_id = fresh}, kiosk.act());
      });
      submit_was_stale = errc_of([&] { kiosk.submit(draft, first_text); }) == Errc::stale_draft;
    }
    CHECK_FALSE(submit_was_stale);  // both are the same form, whichever comes first
    CHECK(kiosk.text_of(draft.id) == first_text);
    const auto left = kiosk.store().edit_facts(draft.record, "", "normal").draft;
    bool second_is_kept = left && left->content["monday"] == "10";
    for (const auto& entry : kiosk.store().history({.submission = draft.id})) {
      if (entry.patch.dump().find("10") != std::string::npos) second_is_kept = true;
    }
    CHECK(second_is_kept);
  }
  CHECK_INTACT(kiosk);
}

TEST_CASE("submissions of one record stand in line, and only the first is due") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", first_text);
  const auto second = kiosk.submit("ada", second_text);
  const auto elsewhere = kiosk.submit("bob", first_text);
  CHECK(first.place == 1);
  CHECK(second.place == 2);
  CHECK(kiosk.due().size() == 2);
  CHECK(kiosk.store().ahead_of(second.id)->id == first.id);
  CHECK_FALSE(kiosk.store().ahead_of(first.id));
  CHECK(kiosk.store().followers(first.id).size() == 1);
  CHECK(kiosk.store().followers(elsewhere.id).empty());
  kiosk.deliver(first.id);
  CHECK(kiosk.due().size() == 2);
  CHECK_FALSE(kiosk.store().ahead_of(second.id));
  CHECK_INTACT(kiosk);
}

TEST_CASE("a submission after another keeps that one's content as its base") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", first_text);
  Draft next = kiosk.form("ada");
  next.base = BaseKind::after;
  next.after = first.id;
  kiosk.submit(next, second_text);
  CHECK(kiosk.store().content(kiosk.store().base_content(next.id)) == first_text);
  Draft lost = kiosk.form("ada");
  lost.base = BaseKind::after;
  lost.after = kiosk.fresh_id();
  CHECK(errc_of([&] { kiosk.submit(lost, first_text); }) == Errc::not_found);
}

TEST_CASE("a draft on top of a submission that was taken back stands on what that one stood on") {
  Kiosk kiosk;
  kiosk.learn("ada", R"({"monday":"8"})", "\"1\"");
  Draft first = kiosk.form("ada");
  first.base = BaseKind::version;
  first.base_version = Version{"\"1\""};
  first.base_content =
      kiosk.store().edit_facts(first.record, first.identity, first.lane).record_content;
  const auto below = kiosk.submit(first, first_text);
  Draft middle = kiosk.form("ada");
  middle.base = BaseKind::after;
  middle.after = below.id;
  const auto between = kiosk.submit(middle, second_text);
  Draft next = kiosk.form("ada");
  next.base = BaseKind::after;
  next.after = between.id;

  SECTION("itself: the one before stays") {
    kiosk.store().withdraw(between.id, false, false, kiosk.act());
    kiosk.submit(next, R"({"monday":"12"})");
    CHECK(kiosk.now_of(next.id).base == BaseKind::after);
    CHECK(kiosk.now_of(next.id).after == below.id);
    CHECK(kiosk.store().content(kiosk.store().base_content(next.id)) == first_text);
  }
  SECTION("and the one before that, too") {
    kiosk.store().withdraw(below.id, true, false, kiosk.act());
    kiosk.submit(next, R"({"monday":"12"})");
    CHECK(kiosk.now_of(next.id).base == BaseKind::version);
    CHECK(kiosk.now_of(next.id).base_version == first.base_version);
    CHECK_FALSE(kiosk.now_of(next.id).after);
    CHECK(kiosk.store().base_content(next.id) == kiosk.store().base_content(below.id));
  }
  SECTION("by an amended form that was taken back") {
    Draft amended = kiosk.form("ada");
    amended.amends = between.id;
    amended.base = BaseKind::after;
    amended.after = below.id;
    kiosk.submit(amended, R"({"monday":"11"})");
    kiosk.store().withdraw(amended.id, false, false, kiosk.act());
    kiosk.submit(next, R"({"monday":"12"})");
    CHECK(kiosk.now_of(next.id).after == below.id);
  }
  SECTION("while it stays, it is the base") {
    kiosk.submit(next, R"({"monday":"12"})");
    CHECK(kiosk.now_of(next.id).after == between.id);
  }
  CHECK_INTACT(kiosk);
}

TEST_CASE("an amended form takes the place of the one it amends") {
  Kiosk kiosk;
  const auto bad = kiosk.submit("ada", first_text);
  const auto behind = kiosk.submit("ada", second_text);
  Draft amended = kiosk.form("ada");
  amended.amends = bad.id;

  SECTION("while that was never sent") { CHECK(kiosk.state(bad.id) == State::pending); }
  SECTION("after it was rejected") {
    kiosk.attempt(bad.id, State::rejected);
    CHECK(kiosk.due().empty());
  }
  SECTION("after it was conflicted") { kiosk.conflict(bad.id, "{}", "\"2\""); }

  const auto better = kiosk.submit(amended, R"({"monday":"12"})");
  CHECK(better.place == bad.place);
  CHECK(better.replaces == bad.id);
  CHECK(kiosk.now_of(bad.id).state == State::replaced);
  CHECK(kiosk.now_of(bad.id).replaced_by == better.id);
  CHECK(kiosk.actions(bad.id).back() == "replaced");
  CHECK(kiosk.store().ahead_of(behind.id)->id == better.id);
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].submission.id == better.id);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a form that the server may have cannot be amended") {
  Kiosk kiosk;
  const auto sent = kiosk.submit("ada", first_text);
  Draft amended = kiosk.form("ada");
  amended.amends = sent.id;
  const auto claimed = kiosk.claim(sent.id);
  CHECK(errc_of([&] { kiosk.submit(amended, second_text); }) == Errc::maybe_received);
  kiosk.settle(kiosk.settled(sent.id, claimed, State::unconfirmed));
  CHECK(errc_of([&] { kiosk.submit(amended, second_text); }) == Errc::maybe_received);

  kiosk.deliver(sent.id);
  const auto later = kiosk.submit(amended, second_text);
  CHECK(later.place == 2);
  CHECK_FALSE(later.replaces);
  CHECK(kiosk.state(sent.id) == State::delivered);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a removal stands on what the caller saw, else on the newest that is known") {
  Kiosk kiosk;
  const RecordId ada{"availability", "ada"};
  SECTION("nothing is known") { CHECK(kiosk.remove("ada").base == BaseKind::unknown); }
  SECTION("a version is known") {
    kiosk.learn("ada", first_text, "\"1\"");
    const auto removal = kiosk.remove("ada");
    CHECK(removal.base == BaseKind::version);
    CHECK(removal.base_version == Version{"\"1\""});
    CHECK(kiosk.store().content(kiosk.store().base_content(removal.id)) == first_text);
  }
  SECTION("a submission is on its way") {
    const auto last = kiosk.submit("ada", first_text);
    const auto removal = kiosk.remove("ada");
    CHECK(removal.base == BaseKind::after);
    CHECK(removal.after == last.id);
  }
  SECTION("the caller names a version") {
    kiosk.submit("ada", first_text);
    const auto removal = kiosk.store().remove(
        {.id = kiosk.fresh_id(), .record = ada, .version = Version{"\"7\""}}, kiosk.act("gone"));
    CHECK(removal.base_version == Version{"\"7\""});
    CHECK(removal.reason == "gone");
    CHECK(removal.operation == Operation::remove);
    CHECK(kiosk.store().submission_content(removal.id) == 0);
  }
  CHECK_INTACT(kiosk);
}

TEST_CASE("a removal leaves an earlier draft alone, and is idempotent in its id") {
  Kiosk kiosk;
  const Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  const RemoveRecord removal{.id = kiosk.fresh_id(), .record = draft.record, .version = {}};
  const auto first = kiosk.store().remove(removal, kiosk.act());
  CHECK(kiosk.store().remove(removal, kiosk.act()).number == first.number);
  CHECK(kiosk.store().drafts(std::nullopt).size() == 1);
  Draft same_id = kiosk.form("ada");
  same_id.id = removal.id;
  CHECK(errc_of([&] { kiosk.submit(same_id, "{}"); }) == Errc::already_submitted);
}

TEST_CASE("a full outbox refuses, evicts nothing, and takes more once there is room") {
  Kiosk kiosk(limited(2, 1'000'000));
  const auto first = kiosk.submit("ada", first_text);
  kiosk.submit("bob", first_text);
  CHECK(errc_of([&] { kiosk.submit("eve", first_text); }) == Errc::outbox_full);
  CHECK(errc_of([&] { kiosk.remove("eve"); }) == Errc::outbox_full);
  Draft amended = kiosk.form("ada");
  amended.amends = first.id;
  kiosk.submit(amended, second_text);
  kiosk.deliver(amended.id);
  kiosk.submit("eve", first_text);
  CHECK_INTACT(kiosk);
}

TEST_CASE("the outbox's limit of bytes counts unsettled texts only") {
  Kiosk kiosk(limited(1'000, 30));
  const auto first = kiosk.submit("ada", first_text);
  kiosk.submit("bob", first_text);
  CHECK(errc_of([&] { kiosk.submit("eve", first_text); }) == Errc::outbox_full);
  kiosk.store().withdraw(first.id, false, false, kiosk.act());
  kiosk.submit("eve", first_text);
  CHECK_INTACT(kiosk);
}

TEST_CASE("submit_all takes all or nothing, and names the bad one") {
  Kiosk kiosk;
  std::vector<SubmitDraft> forms;
  for (const char* key : {"ada", "bob", "eve"}) {
    forms.push_back({.draft = kiosk.form(key), .bytes = first_text});
  }
  std::string sentence;
  SECTION("all are good") {
    const auto made = kiosk.store().submit_all(forms, kiosk.act());
    REQUIRE(made.size() == 3);
    CHECK(made[2].record.key == "eve");
    CHECK(kiosk.due().size() == 3);
  }
  SECTION("one was submitted with other content") {
    kiosk.submit(forms[1].draft, second_text);
    CHECK(errc_of([&] { kiosk.store().submit_all(forms, kiosk.act()); }, &sentence) ==
          Errc::already_submitted);
    CHECK(sentence.find("Draft 1 ") != std::string::npos);
    CHECK(kiosk.due().size() == 1);
  }
  SECTION("one is stale: its text is set aside") {
    kiosk.save(kiosk.form("eve"), second_text);
    CHECK(errc_of([&] { kiosk.store().submit_all(forms, kiosk.act()); }, &sentence) ==
          Errc::stale_draft);
    CHECK(sentence.find("Draft 2 ") != std::string::npos);
    CHECK(kiosk.due().empty());
    CHECK(kiosk.actions(forms[2].draft.id) == std::vector<std::string>{"draft set aside"});
  }
  CHECK_INTACT(kiosk);
}
