#include <nlohmann/json.hpp>

#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* first_text = R"({"monday":"9"})";
constexpr const char* second_text = R"({"monday":"10"})";
constexpr const char* third_text = R"({"monday":"11"})";

std::vector<std::string> texts_set_aside(Kiosk& kiosk, const SubmissionId& id) {
  std::vector<std::string> patches;
  for (const auto& entry : kiosk.store().history({.submission = id})) {
    if (entry.action == "draft set aside") patches.push_back(entry.patch.dump());
  }
  return patches;
}

Draft only_draft(Kiosk& kiosk) {
  const auto drafts = kiosk.store().drafts(std::nullopt);
  REQUIRE(drafts.size() == 1);
  return drafts[0];
}

}  // namespace

TEST_CASE("a saved draft is there after the store is opened again") {
  Kiosk kiosk;
  const Draft saved = kiosk.save(kiosk.form("ada"), first_text);
  CHECK(saved.revision == 1);
  CHECK(saved.saved_at == kiosk.now);
  kiosk.reopen();
  const Draft found = only_draft(kiosk);
  CHECK(found.id == saved.id);
  CHECK(found.content == nlohmann::json::parse(first_text));
  CHECK(found.record == saved.record);
  CHECK(kiosk.store().edit_facts(saved.record, "", "normal").draft->id == saved.id);
  CHECK(kiosk.store().tally().drafts == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("each save moves the revision on, and equal content writes nothing") {
  Kiosk kiosk;
  Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  draft = kiosk.save(draft, second_text);
  CHECK(draft.revision == 2);
  const auto entries = kiosk.store().tally().history_entries;
  draft = kiosk.save(draft, second_text);
  CHECK(draft.revision == 2);
  CHECK(kiosk.store().tally().history_entries == entries);
}

TEST_CASE("a draft keeps its own place for each identity and lane") {
  Kiosk kiosk;
  kiosk.save(kiosk.form("ada", "ada"), first_text);
  kiosk.save(kiosk.form("ada", "bob"), second_text);
  Draft deferred = kiosk.form("ada", "ada");
  deferred.lane = "deferred";
  kiosk.save(deferred, third_text);
  CHECK(kiosk.store().drafts(std::nullopt).size() == 3);
  CHECK(kiosk.store().drafts("ada").size() == 2);
  CHECK(kiosk.store().edit_facts(deferred.record, "bob", "normal").draft->content ==
        nlohmann::json::parse(second_text));
  CHECK_FALSE(kiosk.store().edit_facts(deferred.record, "eve", "normal").draft);
}

TEST_CASE("a save over somebody else's newer revision is stale, and both texts are kept") {
  Kiosk kiosk;
  const Draft mine = kiosk.save(kiosk.form("ada"), first_text);
  Draft theirs = mine;
  theirs.session = 99;
  kiosk.save(theirs, second_text);
  Draft mine_late = mine;
  mine_late.session = 98;
  CHECK(errc_of([&] { kiosk.save(mine_late, third_text); }) == Errc::stale_draft);
  CHECK(only_draft(kiosk).content == nlohmann::json::parse(second_text));
  const auto aside = texts_set_aside(kiosk, mine.id);
  REQUIRE(aside.size() == 1);
  CHECK(aside[0].find("11") != std::string::npos);

  SECTION("the same text is set aside once") {
    CHECK(errc_of([&] { kiosk.save(mine_late, third_text); }) == Errc::stale_draft);
    CHECK(texts_set_aside(kiosk, mine.id).size() == 1);
  }
  SECTION("the same text as stored is not stale") {
    CHECK(kiosk.save(mine_late, second_text).revision == 2);
  }
  CHECK_INTACT(kiosk);
}

TEST_CASE("an autosave of a form never makes the same form's later save stale") {
  Kiosk kiosk;
  const Draft draft = kiosk.form("ada");
  kiosk.save(draft, first_text, true);
  kiosk.save(draft, second_text, true);
  CHECK(kiosk.save(draft, third_text).revision == 3);
}

TEST_CASE("a draft of another form in the same place is stale") {
  Kiosk kiosk;
  kiosk.save(kiosk.form("ada"), first_text);
  const Draft other = kiosk.form("ada");
  CHECK(errc_of([&] { kiosk.save(other, second_text); }) == Errc::stale_draft);
  CHECK(errc_of([&] { kiosk.submit(other, second_text); }) == Errc::stale_draft);
  CHECK(texts_set_aside(kiosk, other.id).size() == 1);
  CHECK(only_draft(kiosk).content == nlohmann::json::parse(first_text));
  CHECK(kiosk.store().tally().counts[0] == 0);
}

TEST_CASE("a draft's record, identity and lane never change") {
  Kiosk kiosk;
  Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  draft.record.key = "bob";
  CHECK(errc_of([&] { kiosk.save(draft, second_text); }) == Errc::invalid_argument);
  CHECK(errc_of([&] { kiosk.submit(draft, second_text); }) == Errc::invalid_argument);
  CHECK_INTACT(kiosk);
}

TEST_CASE("I5: autosaves store every text but log one in ten seconds", "[I5]") {
  Kiosk kiosk;
  const Draft draft = kiosk.form("ada");
  for (int i = 0; i < 25; ++i) {
    kiosk.save(draft, R"({"monday":)" + std::to_string(i) + "}", true);
    kiosk.now += 1s;
  }
  CHECK(only_draft(kiosk).content["monday"] == 24);
  CHECK(only_draft(kiosk).revision == 25);
  CHECK(kiosk.actions(draft.id) == std::vector<std::string>(3, "draft saved"));

  SECTION("an explicit save logs what the autosaves left out") {
    kiosk.save(draft, R"({"monday":24})");
    CHECK(kiosk.actions(draft.id).size() == 4);
  }
  SECTION("a clock set back does not silence the log") {
    kiosk.now -= 1h;
    kiosk.save(draft, R"({"monday":"x"})", true);
    CHECK(kiosk.actions(draft.id).size() == 4);
  }
}

TEST_CASE("the history of a draft tells each change as a patch") {
  Kiosk kiosk;
  Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  draft = kiosk.save(draft, second_text);
  kiosk.submit(draft, third_text);
  const auto entries = kiosk.store().history({.submission = draft.id});
  REQUIRE(entries.size() == 3);
  CHECK(entries[1].patch[0]["value"] == "10");
  CHECK(entries[2].action == "submitted");
  CHECK(entries[2].patch[0]["value"] == "11");
  CHECK(entries[2].who == "ada");
}

TEST_CASE("S7: a discarded draft's texts are in none of the store's files", "[S7]") {
  Kiosk kiosk;
  Draft draft = kiosk.save(kiosk.form("ada"), R"({"monday":"canary-one"})");
  draft = kiosk.save(draft, R"({"monday":"canary-two"})", true);
  kiosk.now += 1min;
  Draft elsewhere = draft;
  elsewhere.session = 99;
  elsewhere.revision = 1;
  CHECK(errc_of([&] { kiosk.save(elsewhere, R"({"monday":"canary-aside"})"); }) ==
        Errc::stale_draft);
  kiosk.store().discard(draft.id, kiosk.act("not needed"));
  CHECK(kiosk.store().drafts(std::nullopt).empty());
  CHECK(kiosk.actions(draft.id).back() == "draft discarded");
  CHECK(kiosk.store().verify_history().intact);
  CHECK_INTACT(kiosk);
  for (const auto& entry : kiosk.store().history({.submission = draft.id})) {
    CHECK(entry.patch.is_null());
  }
  kiosk.reopen();
  CHECK(kiosk.files_holding("canary").empty());
}

TEST_CASE("discarding what is no draft says why") {
  Kiosk kiosk;
  CHECK(errc_of([&] { kiosk.store().discard(kiosk.fresh_id(), kiosk.act()); }) == Errc::not_found);
  const auto submission = kiosk.submit("ada", first_text);
  CHECK(errc_of([&] { kiosk.store().discard(submission.id, kiosk.act()); }) == Errc::wrong_state);
}

TEST_CASE("the text that a draft was written on outlives the discarded draft") {
  Kiosk kiosk;
  kiosk.learn("ada", first_text, "\"1\"");
  Draft draft = kiosk.form("ada");
  draft.base = BaseKind::version;
  draft.base_version = Version{"\"1\""};
  draft.base_content = kiosk.store().record_content(draft.record);
  draft = kiosk.save(draft, second_text);
  kiosk.store().discard(draft.id, kiosk.act());
  CHECK(kiosk.store().content(kiosk.store().record_content(draft.record)) == first_text);
}

TEST_CASE("a late save of a submitted form changes nothing when equal") {
  Kiosk kiosk;
  const Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  kiosk.submit(draft, first_text);
  const Draft same = kiosk.save(draft, first_text);
  CHECK(same.id == draft.id);
  CHECK(same.revision == draft.revision);
  CHECK(kiosk.store().drafts(std::nullopt).empty());
}

TEST_CASE("a late save of a submitted form with other content becomes a draft on top of it") {
  Kiosk kiosk;
  const Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  kiosk.submit(draft, first_text);
  const Draft late = kiosk.save(draft, second_text);
  CHECK(late.id != draft.id);
  CHECK(late.base == BaseKind::after);
  CHECK(late.after == draft.id);
  CHECK(kiosk.store().content(late.base_content) == first_text);

  SECTION("further late saves of the same form go on with that draft") {
    const Draft later = kiosk.save(draft, third_text, true);
    CHECK(later.id == late.id);
    CHECK(later.revision == 2);
    CHECK(kiosk.save(draft, first_text).revision == 3);
    CHECK(only_draft(kiosk).content == nlohmann::json::parse(first_text));
  }
  SECTION("another form's draft in that place is not overwritten") {
    Draft other_window = draft;
    other_window.session = 99;
    CHECK(errc_of([&] { kiosk.save(other_window, third_text); }) == Errc::stale_draft);
    CHECK(only_draft(kiosk).content == nlohmann::json::parse(second_text));
    CHECK(texts_set_aside(kiosk, draft.id).size() == 1);
  }
  SECTION("it can be submitted, behind its base") {
    const auto next = kiosk.submit(late, second_text);
    CHECK(next.after == draft.id);
    CHECK(kiosk.store().ahead_of(next.id)->id == draft.id);
  }
  CHECK_INTACT(kiosk);
}

TEST_CASE("a draft becomes stale when its record moves on at the server") {
  Kiosk kiosk;
  kiosk.learn("ada", first_text, "\"1\"");
  Draft draft = kiosk.form("ada");
  draft.base = BaseKind::version;
  draft.base_version = Version{"\"1\""};
  kiosk.save(draft, second_text);
  kiosk.learn("ada", first_text, "\"1\"");
  CHECK_FALSE(only_draft(kiosk).stale);
  SECTION("by a new version") { kiosk.learn("ada", third_text, "\"2\""); }
  SECTION("by a removal") {
    kiosk.store().learn(draft.record, {.presence = Presence::absent}, kiosk.known(draft.record),
                        kiosk.act());
    CHECK(kiosk.store().record(draft.record)->deleted_at == kiosk.now);
  }
  CHECK(only_draft(kiosk).stale);
  CHECK(only_draft(kiosk).content == nlohmann::json::parse(second_text));
}

TEST_CASE("a delivery makes other drafts stale, but none that was written on top of it") {
  Kiosk kiosk;
  Draft deferred = kiosk.form("ada");
  deferred.lane = "deferred";
  deferred.base = BaseKind::absent;
  kiosk.save(deferred, third_text);
  const auto submission = kiosk.submit("ada", first_text);
  Draft next = kiosk.form("ada");
  next.base = BaseKind::after;
  next.after = submission.id;
  kiosk.save(next, second_text);
  kiosk.deliver(submission.id);
  CHECK(kiosk.store().edit_facts(next.record, "", "deferred").draft->stale);
  CHECK_FALSE(kiosk.store().edit_facts(next.record, "", "normal").draft->stale);
  kiosk.learn("ada", third_text, "\"2\"");
  CHECK(kiosk.store().edit_facts(next.record, "", "normal").draft->stale);
}

TEST_CASE("a draft damaged on disk is reported, and can be discarded") {
  Kiosk kiosk;
  const Draft draft = kiosk.save(kiosk.form("ada"), first_text);
  tamper(kiosk.path(), "UPDATE drafts SET bytes = CAST('x' AS BLOB)");
  CHECK(errc_of([&] { static_cast<void>(kiosk.store().drafts(std::nullopt)); }) ==
        Errc::store_damaged);
  CHECK(kiosk.store().broken_invariants().size() == 1);
  kiosk.store().discard(draft.id, kiosk.act());
  CHECK_INTACT(kiosk);
}
