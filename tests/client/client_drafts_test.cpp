#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::entries_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);

/// What a history shows of a draft's or submission's texts, as one string.
std::string patches_of(Client& client, const SubmissionId& id) {
  std::string all;
  for (const HistoryEntry& entry : client.history({.submission = id, .limit = 1'000})) {
    all += entry.action + " " + entry.patch.dump() + "\n";
  }
  return all;
}

/// Another client of the same store, with a wire of its own that leads nowhere.
std::unique_ptr<Client> another(Kiosk& kiosk) {
  Options options = kiosk.options();
  options.transport =
      std::make_shared<test::MemoryTransport>([](const Request&) { return test::no_connection(); });
  return std::make_unique<Client>(options);
}

// S1: what was typed is there again.

TEST_CASE("a saved form is there again after the program ended, in every member", "[drafts]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada, {.identity = "ada", .lane = "deferred"});
  draft.content = {{"monday", "09:00"}, {"notes", {"a", 1, nullptr, 1.5, {{"b", true}}}}};
  kiosk.client->save(draft);
  kiosk.open();
  const auto drafts = kiosk.client->drafts();
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].id == draft.id);
  CHECK(drafts[0].record == ada);
  CHECK(drafts[0].content == draft.content);
  CHECK(drafts[0].identity == "ada");
  CHECK(drafts[0].lane == "deferred");
  CHECK(drafts[0].revision == draft.revision);
  CHECK(drafts[0].saved_at);
}

TEST_CASE("an autosave is on disk 250 ms after the last key, at the latest 2 s after the first",
          "[drafts]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  const auto stored = [&] {
    const auto other = another(kiosk);
    const auto drafts = other->drafts();
    return drafts.empty() ? std::string("none") : drafts[0].content.value("text", "?");
  };
  draft.content["text"] = "a";
  kiosk.client->autosave(draft);
  kiosk.run(std::chrono::milliseconds(249));
  CHECK(stored() == "none");
  kiosk.run(std::chrono::milliseconds(1));
  CHECK(stored() == "a");
  for (int key = 0; key < 19; ++key) {
    draft.content["text"] = "key " + std::to_string(key);
    kiosk.client->autosave(draft);
    kiosk.run(std::chrono::milliseconds(100));
  }
  CHECK(stored() == "a");
  kiosk.run(std::chrono::milliseconds(100));
  CHECK(stored() == "key 18");
}

TEST_CASE("I5: a thousand autosaves are few entries of history, and the last one is kept", "[I5]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  for (int key = 0; key < 1'000; ++key) {
    draft.content["text"] = "key " + std::to_string(key);
    kiosk.client->autosave(draft);
    kiosk.run(std::chrono::milliseconds(10));
  }
  kiosk.run(second);
  kiosk.open();
  CHECK(kiosk.client->edit(ada).content["text"] == "key 999");
  CHECK(entries_of(*kiosk.client, draft.id, "draft saved") <= 3);
}

TEST_CASE("an autosave that is still waiting reaches the disk when the client closes") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["text"] = "last words";
  kiosk.client->autosave(draft);
  kiosk.open();
  CHECK(kiosk.client->edit(ada).content["text"] == "last words");
}

TEST_CASE("edit, drafts and save see an autosave that is still waiting") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["text"] = "typed";
  kiosk.client->autosave(draft);
  CHECK(kiosk.client->edit(ada).content["text"] == "typed");
  draft.content["text"] = "typed more";
  kiosk.client->autosave(draft);
  CHECK(kiosk.client->drafts().at(0).content["text"] == "typed more");
  draft.content["text"] = "and saved";
  kiosk.client->autosave(draft);
  kiosk.client->save(draft);
  kiosk.run(std::chrono::seconds(3));
  CHECK(kiosk.client->drafts().at(0).content["text"] == "and saved");
}

// Windows, processes.

TEST_CASE("a form open in two windows: the second save is stale, and both texts are kept") {
  Kiosk kiosk;
  kiosk.open();
  Draft first = kiosk.client->edit(ada);
  first.content["text"] = "common";
  kiosk.client->save(first);
  Draft second_window = kiosk.client->edit(ada);
  first.content["text"] = "from the first";
  kiosk.client->save(first);
  second_window.content["text"] = "from the second";
  test::expect_refusal("stale_draft", [&] { kiosk.client->save(second_window); });
  CHECK(kiosk.client->edit(ada).content["text"] == "from the first");
  CHECK(patches_of(*kiosk.client, first.id).find("from the second") != std::string::npos);
  CHECK(kiosk.client->verify_history().intact);
}

TEST_CASE("two windows on a new form have one draft between them") {
  Kiosk kiosk;
  kiosk.open();
  Draft first = kiosk.client->edit(ada);
  Draft other = kiosk.client->edit(ada);
  first.content["text"] = "first";
  other.content["text"] = "other";
  kiosk.client->save(first);
  test::expect_refusal("stale_draft", [&] { kiosk.client->save(other); });
  test::expect_refusal("stale_draft", [&] { kiosk.client->submit(other); });
  CHECK(kiosk.client->drafts().size() == 1);
  CHECK(kiosk.client->edit(ada).content["text"] == "first");
  CHECK(patches_of(*kiosk.client, other.id).find("other") != std::string::npos);
}

TEST_CASE("two clients on one store: the second save is stale, and both texts are kept") {
  Kiosk kiosk;
  kiosk.open();
  const auto other = another(kiosk);
  Draft here = kiosk.client->edit(ada);
  here.content["text"] = "common";
  kiosk.client->save(here);
  Draft there = other->edit(ada);
  CHECK(there.content["text"] == "common");
  here.content["text"] = "from here";
  kiosk.client->save(here);
  there.content["text"] = "from there";
  test::expect_refusal("stale_draft", [&] { other->save(there); });
  CHECK(other->edit(ada).content["text"] == "from here");
  CHECK(patches_of(*other, here.id).find("from there") != std::string::npos);
}

TEST_CASE("a client's own autosave never makes its later save stale") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  for (int round = 0; round < 5; ++round) {
    draft.content["text"] = "typed " + std::to_string(round);
    kiosk.client->autosave(draft);
    kiosk.run(second);
    draft.content["text"] = "saved " + std::to_string(round);
    kiosk.client->save(draft);
  }
  CHECK(kiosk.client->edit(ada).content["text"] == "saved 4");
}

TEST_CASE("a stale autosave of another window is told and keeps both texts") {
  Kiosk kiosk;
  kiosk.open();
  std::vector<EventKind> told;
  const auto subscription =
      kiosk.client->on_event([&](const Event& event) { told.push_back(event.kind); });
  Draft first = kiosk.client->edit(ada);
  first.content["text"] = "common";
  kiosk.client->save(first);
  Draft other = kiosk.client->edit(ada);
  first.content["text"] = "from the first";
  kiosk.client->save(first);
  other.content["text"] = "typed in the other";
  kiosk.client->autosave(other);
  kiosk.run(std::chrono::seconds(3));
  CHECK(std::ranges::count(told, EventKind::autosave_failed) == 1);
  CHECK(kiosk.client->edit(ada).content["text"] == "from the first");
  CHECK(patches_of(*kiosk.client, first.id).find("typed in the other") != std::string::npos);
}

// Submitting.

TEST_CASE("I6: a double click is one submission, also from two clients", "[I6]") {
  Kiosk kiosk;
  kiosk.open();
  const auto other = another(kiosk);
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  kiosk.client->save(draft);
  const Submission first = kiosk.client->submit(draft);
  CHECK(kiosk.client->submit(draft).number == first.number);
  CHECK(other->submit(draft).number == first.number);
  CHECK(kiosk.client->drain(second));
  CHECK(kiosk.client->submit(draft).state == State::delivered);
  CHECK(kiosk.server.ledger().effects().size() == 1);
  draft.content["monday"] = "10:00";
  test::expect_refusal("already_submitted", [&] { kiosk.client->submit(draft); });
  test::expect_refusal("already_submitted", [&] { other->submit(draft); });
}

TEST_CASE("I8: an autosave of the submitted text that comes late changes nothing", "[I8]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  kiosk.client->autosave(draft);
  kiosk.client->submit(draft);
  kiosk.client->autosave(draft);
  kiosk.run(std::chrono::seconds(3));
  CHECK(kiosk.client->drafts().empty());
  kiosk.client->save(draft);
  CHECK(kiosk.client->drafts().empty());
}

TEST_CASE("I8: an autosave of an older text that waits is given up by submit", "[I8]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:0";
  kiosk.client->autosave(draft);
  draft.content["monday"] = "09:00";
  const Submission submission = kiosk.client->submit(draft);
  kiosk.run(std::chrono::seconds(3));
  CHECK(kiosk.client->drafts().empty());
  CHECK(kiosk.client->content(submission.id)["monday"] == "09:00");
}

TEST_CASE("I8: other text that is autosaved after submit becomes a draft on top of it", "[I8]") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  const Submission submission = kiosk.client->submit(draft);
  draft.content["monday"] = "09:00-12:00";
  kiosk.client->autosave(draft);
  draft.content["monday"] = "09:00-12:30";
  kiosk.client->autosave(draft);
  kiosk.run(std::chrono::seconds(3));
  const auto drafts = kiosk.client->drafts();
  REQUIRE(drafts.size() == 1);
  CHECK(drafts[0].id != submission.id);
  CHECK(drafts[0].base == BaseKind::after);
  CHECK(drafts[0].after == submission.id);
  CHECK(drafts[0].content["monday"] == "09:00-12:30");
  CHECK_FALSE(drafts[0].stale);
  const Submission next = kiosk.client->submit(drafts[0]);
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, next.id) == "delivered");
  CHECK(kiosk.server.ledger().effects().size() == 2);
}

TEST_CASE("an amended form takes the place of the rejected one") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.weather = [](const Request&) { return test::refusal(400, "no such day"); };
  const Submission refused = kiosk.file(ada, {{"someday", "09:00"}});
  kiosk.client->drain(second);
  const Submission follower = kiosk.file({"availability", "other"}, {{"x", 1}});
  kiosk.weather = {};
  Draft draft = kiosk.client->amend(refused.id);
  CHECK(draft.content == json{{"someday", "09:00"}});
  draft.content = {{"monday", "09:00"}};
  kiosk.client->save(draft);
  const Submission amended = kiosk.client->submit(draft);
  CHECK(amended.replaces == refused.id);
  CHECK(amended.place == refused.place);
  CHECK(state_of(*kiosk.client, refused.id) == "replaced");
  CHECK(kiosk.client->submission(refused.id)->replaced_by == amended.id);
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, amended.id) == "delivered");
  CHECK(state_of(*kiosk.client, follower.id) == "delivered");
  CHECK(json::parse(*kiosk.server.find(ada)->content) == json{{"monday", "09:00"}});
}

TEST_CASE("only what was refused or is in conflict can be amended") {
  Kiosk kiosk;
  kiosk.open();
  const Submission waiting = kiosk.file(ada, {{"monday", "09:00"}});
  test::expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->amend(waiting.id); });
  kiosk.client->drain(second);
  test::expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->amend(waiting.id); });
  test::expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->retry(waiting.id); });
  test::expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->withdraw(waiting.id); });
  test::expect_refusal(*kiosk.client, "wrong_state", [&] {
    kiosk.client->resolve(waiting.id, Resolution::ours(), std::nullopt);
  });
}

TEST_CASE("a discarded draft is gone, from its history too") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  for (const char* text : {"canary one", "canary two", "canary three"}) {
    draft.content["secret"] = text;
    kiosk.client->save(draft);
  }
  kiosk.client->discard(draft);
  CHECK(kiosk.client->drafts().empty());
  CHECK(kiosk.client->edit(ada).content == json::object());
  const std::string shown = patches_of(*kiosk.client, draft.id);
  CHECK(shown.find("canary") == std::string::npos);
  CHECK(shown.find("draft discarded") != std::string::npos);
  CHECK(kiosk.client->verify_history().intact);
}

TEST_CASE("a draft of which only an autosave is waiting can be discarded, and stays away") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "never mind";
  kiosk.client->autosave(draft);
  CHECK(test::code_of([&] { kiosk.client->discard(draft); }) == "none");
  kiosk.run(std::chrono::seconds(3));
  CHECK(kiosk.client->drafts().empty());
}

TEST_CASE("a submitted form cannot be discarded") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  kiosk.client->submit(draft);
  test::expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->discard(draft); });
}

}  // namespace
}  // namespace lodge
