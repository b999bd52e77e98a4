#include <nlohmann/json.hpp>

#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* ours = R"({"monday":"9"})";
constexpr const char* theirs = R"({"monday":"10"})";
constexpr const char* merged = R"({"monday":"9 and 10"})";
const RecordId ada{"availability", "ada"};

std::string why_of_last(Kiosk& kiosk, const SubmissionId& id) {
  return kiosk.store().history({.submission = id}).back().why;
}

}  // namespace

TEST_CASE("a pending submission is withdrawn at once, and the next one goes on") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", ours);
  kiosk.submit("bob", ours);
  const auto withdrawn = kiosk.store().withdraw(first.id, false, false, kiosk.act("a mistake"));
  REQUIRE(withdrawn.size() == 1);
  CHECK(withdrawn[0].state == State::withdrawn);
  CHECK(kiosk.now_of(first.id).settled_at == kiosk.now);
  CHECK(why_of_last(kiosk, first.id) == "a mistake");
  CHECK(errc_of([&] { kiosk.store().withdraw(first.id, false, false, kiosk.act()); }) ==
        Errc::wrong_state);
  CHECK(errc_of([&] { kiosk.store().withdraw(kiosk.fresh_id(), false, false, kiosk.act()); }) ==
        Errc::not_found);
  CHECK_INTACT(kiosk);
}

TEST_CASE("withdraw names the followers, and takes them all back when told to") {
  Kiosk kiosk;
  const auto before = kiosk.submit("ada", ours);
  const auto first = kiosk.submit("ada", theirs);
  std::vector<SubmissionId> followers;
  for (int i = 0; i < 6; ++i) followers.push_back(kiosk.submit("ada", ours).id);
  std::string sentence;
  CHECK(errc_of([&] { kiosk.store().withdraw(first.id, false, false, kiosk.act()); }, &sentence) ==
        Errc::has_followers);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK((sentence.find(followers[i].text()) != std::string::npos) == (i < 5));
  }
  CHECK(kiosk.store().withdraw(first.id, true, false, kiosk.act()).size() == 7);
  CHECK(kiosk.state(before.id) == State::pending);
  CHECK(kiosk.state(followers[5]) == State::withdrawn);
  CHECK_INTACT(kiosk);
}

TEST_CASE("what the server may have is withdrawn only with an explicit word") {
  Kiosk kiosk;
  kiosk.learn("ada", theirs, "\"1\"");
  const auto sent = kiosk.submit("ada", ours);
  const auto behind = kiosk.submit("ada", merged);
  const auto claimed = kiosk.claim(sent.id);
  const auto withdraw = [&](bool accept) {
    kiosk.store().withdraw(sent.id, true, accept, kiosk.act("no longer true"));
  };

  SECTION("unconfirmed") {
    kiosk.settle(kiosk.settled(sent.id, claimed, State::unconfirmed));
    CHECK(errc_of([&] { withdraw(false); }) == Errc::maybe_received);
    CHECK(kiosk.state(behind.id) == State::pending);
    withdraw(true);
    CHECK(kiosk.due().empty());
  }
  SECTION("while it is being sent") {
    CHECK(errc_of([&] { withdraw(false); }) == Errc::maybe_received);
    withdraw(true);
    CHECK_INTACT(kiosk);

    const auto next = kiosk.submit("ada", theirs);
    CHECK(kiosk.due().empty());  // two of one record are never on the wire at once
    CHECK_FALSE(kiosk.claim(next.id).attempt);
    Settled late = kiosk.settled(sent.id, claimed, State::delivered);
    late.record = RecordLearned{.presence = Presence::present,
                                .version = Version{"\"2\""},
                                .text = RecordLearned::Text::of_submission};
    const Stored stored = kiosk.settle(late);
    CHECK(stored.late);
    CHECK(stored.state == State::withdrawn);
    CHECK(kiosk.store().attempts(sent.id)[0].outcome == "late");
    CHECK(kiosk.actions(sent.id).back() == "late success kept");
    CHECK(kiosk.store().record(ada)->version == Version{"\"2\""});
    CHECK(kiosk.store().content(kiosk.store().record_content(ada)) == ours);
    REQUIRE(kiosk.due().size() == 1);
    CHECK(kiosk.due()[0].submission.id == next.id);
  }
  CHECK(kiosk.state(sent.id) == State::withdrawn);
  CHECK(kiosk.state(behind.id) == State::withdrawn);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a late answer does not send the next form beside one that is still on the wire") {
  Kiosk kiosk;
  const auto sent = kiosk.submit("ada", ours);
  const auto lost = kiosk.claim(sent.id);
  kiosk.begin_epoch();
  const auto open = kiosk.claim(sent.id);
  kiosk.store().withdraw(sent.id, false, true, kiosk.act());
  kiosk.submit("ada", theirs);
  kiosk.settle(kiosk.settled(sent.id, lost, State::pending));
  CHECK(kiosk.due().empty());
  CHECK_INTACT(kiosk);
  kiosk.settle(kiosk.settled(sent.id, open, State::pending));
  CHECK(kiosk.due().size() == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a withdrawal of what the server may have makes the record's version unknown") {
  Kiosk kiosk;
  kiosk.learn("ada", theirs, "\"1\"");
  const auto sent = kiosk.submit("ada", ours);
  kiosk.attempt(sent.id, State::unconfirmed);
  kiosk.store().withdraw(sent.id, false, true, kiosk.act("no longer true"));
  CHECK(kiosk.store().record(ada)->presence == Presence::unknown);
  CHECK_FALSE(kiosk.store().record(ada)->version);
  CHECK(kiosk.store().record_content(ada) == 0);
  CHECK(why_of_last(kiosk, sent.id) == "no longer true; the server may have it");
}

TEST_CASE("a retry puts a rejected submission back as it was") {
  Kiosk kiosk;
  const auto bad = kiosk.submit("ada", ours);
  kiosk.attempt(bad.id, State::rejected);
  CHECK(kiosk.now_of(bad.id).problem == "the form is refused");
  kiosk.now += 1h;
  CHECK(kiosk.store().retry({.id = bad.id}, kiosk.act()) == 1);
  const auto now = kiosk.now_of(bad.id);
  CHECK(now.state == State::pending);
  CHECK(now.problem.empty());
  CHECK(now.tries == 0);
  CHECK(now.next_try_at == kiosk.now);
  CHECK(kiosk.actions(bad.id).back() == "retried");
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].request->number == 1);
  CHECK(kiosk.store().retry({.id = bad.id}, kiosk.act()) == 0);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a retry of what the server may have stays unconfirmed") {
  Kiosk kiosk;
  const auto sent = kiosk.submit("ada", ours);
  kiosk.attempt(sent.id, State::unconfirmed);
  kiosk.store().park_damaged(sent.id, kiosk.act());
  CHECK(kiosk.state(sent.id) == State::rejected);
  CHECK(kiosk.store().retry({}, kiosk.act()) == 1);
  CHECK(kiosk.state(sent.id) == State::unconfirmed);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a retried form that stands behind another waits for its turn") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", ours);
  const auto behind = kiosk.submit("ada", theirs);
  kiosk.store().park_damaged(behind.id, kiosk.act());
  CHECK(kiosk.store().retry({.id = behind.id}, kiosk.act()) == 1);
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].submission.id == first.id);
  CHECK_FALSE(kiosk.claim(behind.id).attempt);
  CHECK_INTACT(kiosk);
}

TEST_CASE("F3: one retry puts a whole refused collection back", "[F3]") {
  Kiosk kiosk;
  std::vector<SubmissionId> refused;
  for (int i = 0; i < 5; ++i) {
    refused.push_back(kiosk.submit("ada" + std::to_string(i), ours).id);
    kiosk.attempt(refused.back(), State::rejected);
  }
  const GateChange gate{.gate = {.scope = GateScope::collection,
                                 .name = "availability",
                                 .reason = GateReason::refused,
                                 .since = kiosk.now,
                                 .until = kiosk.now + 15min}};
  kiosk.store().change_gates({&gate, 1}, kiosk.act());
  CHECK(kiosk.store().retry({.collection = "elsewhere"}, kiosk.act()) == 0);
  CHECK(kiosk.store().retry({.collection = "availability", .state = State::conflicted},
                            kiosk.act()) == 0);
  CHECK(kiosk.store().gates().size() == 1);
  CHECK(kiosk.store().retry({.collection = "availability"}, kiosk.act()) == 5);
  CHECK(kiosk.store().gates().empty());
  CHECK(kiosk.due().size() == 5);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a conflict shows its texts and ends by a resolution") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto behind = kiosk.submit("ada", merged);
  kiosk.conflict(form.id, theirs, "\"2\"");
  const auto conflicts = kiosk.store().conflicts(std::nullopt);
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].ours == nlohmann::json::parse(ours));
  CHECK(conflicts[0].theirs == nlohmann::json::parse(theirs));
  CHECK_FALSE(conflicts[0].base);
  CHECK(conflicts[0].version == Version{"\"2\""});
  CHECK(conflicts[0].overlaps == std::vector<std::string>{"/monday"});
  CHECK(kiosk.store().conflicts(ada).size() == 1);
  CHECK(kiosk.store().conflicts(RecordId{"availability", "bob"}).empty());
  CHECK(kiosk.due().empty());

  const auto resolve = [&](Resolution::Kind kind, const char* bytes = "") {
    return kiosk.store().resolve(form.id, kind, bytes, Version{"\"2\""}, kiosk.fresh_id(),
                                 kiosk.act("asked"));
  };
  std::optional<Submission> next;
  SECTION("ours goes again on their version") {
    next = resolve(Resolution::Kind::ours);
    CHECK(kiosk.text_of(next->id) == ours);
  }
  SECTION("the merged document goes on their version") {
    next = resolve(Resolution::Kind::merged, merged);
    CHECK(kiosk.text_of(next->id) == merged);
  }
  SECTION("theirs stays: the form is withdrawn, and the next goes on") {
    CHECK_FALSE(resolve(Resolution::Kind::theirs));
    CHECK(kiosk.state(form.id) == State::withdrawn);
    CHECK(kiosk.actions(form.id).back() == "theirs kept");
    CHECK(kiosk.due()[0].submission.id == behind.id);
  }
  if (next) {
    CHECK(next->base_version == Version{"\"2\""});
    CHECK(next->place == form.place);
    CHECK(kiosk.store().content(kiosk.store().base_content(next->id)) == theirs);
    CHECK(kiosk.now_of(form.id).replaced_by == next->id);
    CHECK(kiosk.due()[0].submission.id == next->id);
    CHECK(kiosk.store().ahead_of(behind.id)->id == next->id);
  }
  CHECK(kiosk.store().conflicts(std::nullopt).empty());
  CHECK(errc_of([&] { resolve(Resolution::Kind::ours); }) == Errc::wrong_state);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a resolution of an older version than the newest known fails") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  kiosk.conflict(form.id, theirs, "\"2\"");
  const auto resolve = [&](const char* tag) {
    return kiosk.store().resolve(form.id, Resolution::Kind::ours, "", Version{tag},
                                 kiosk.fresh_id(), kiosk.act());
  };
  CHECK(errc_of([&] { resolve("\"1\""); }) == Errc::version_moved);
  kiosk.now += 1min;
  kiosk.learn("ada", merged, "\"3\"");
  CHECK(errc_of([&] { resolve("\"2\""); }) == Errc::version_moved);
  CHECK(kiosk.state(form.id) == State::conflicted);
  const auto next = resolve("\"3\"");
  CHECK(next->base_version == Version{"\"3\""});
  CHECK(kiosk.store().content(kiosk.store().base_content(next->id)) == merged);
}

TEST_CASE("ours against a removal at the server creates the record again") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  Settled result = kiosk.settled(form.id, kiosk.claim(form.id), State::conflicted);
  result.record = RecordLearned{.presence = Presence::absent};
  result.conflict = ConflictFound{.note = "removed at the server"};
  kiosk.settle(result);
  const auto next = kiosk.store().resolve(form.id, Resolution::Kind::ours, "", std::nullopt,
                                          kiosk.fresh_id(), kiosk.act());
  CHECK(next->base == BaseKind::absent);
  CHECK(kiosk.store().base_content(next->id) == 0);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a pause is kept for every process, and told in the history") {
  Kiosk kiosk;
  const Gate pause{.scope = GateScope::lane,
                   .name = "deferred",
                   .reason = GateReason::paused,
                   .words = "maintenance",
                   .since = kiosk.now};
  const GateChange close{.gate = pause};
  const GateChange open{.gate = pause, .open = true};
  kiosk.store().change_gates({&close, 1}, kiosk.act("maintenance"));
  kiosk.store().change_gates({&close, 1}, kiosk.act("maintenance"));
  const auto gates = kiosk.another()->gates();
  REQUIRE(gates.size() == 1);
  CHECK(gates[0].words == "maintenance");
  CHECK(gates[0].name == "deferred");
  CHECK_FALSE(gates[0].until);
  kiosk.store().change_gates({&open, 1}, kiosk.act());
  CHECK(kiosk.store().gates().empty());
  const auto entries = kiosk.store().history({});
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].action == "paused");
  CHECK(entries[0].why == "lane deferred: maintenance");
  CHECK(entries[1].action == "resumed");
}

TEST_CASE("who ends the pause of everything ends every pause, each with an entry") {
  Kiosk kiosk;
  const auto close = [&](GateScope scope, const char* name, GateReason reason) {
    const GateChange change{
        .gate = {.scope = scope, .name = name, .reason = reason, .since = kiosk.now}};
    kiosk.store().change_gates({&change, 1}, kiosk.act());
  };
  close(GateScope::collection, "availability", GateReason::paused);
  close(GateScope::identity, "ada", GateReason::paused);
  close(GateScope::identity, "bob", GateReason::sign_in);
  const GateChange open{.gate = {.scope = GateScope::all, .reason = GateReason::paused},
                        .open = true};
  kiosk.store().change_gates({&open, 1}, kiosk.act());
  REQUIRE(kiosk.store().gates().size() == 1);
  CHECK(kiosk.store().gates()[0].name == "bob");
  const auto entries = kiosk.store().history({});
  REQUIRE(entries.size() == 4);
  CHECK(entries[2].action == "resumed");
  CHECK(entries[2].why == "collection availability");
  CHECK(entries[3].why == "identity ada");
}

TEST_CASE("facts are kept by name") {
  Kiosk kiosk;
  CHECK_FALSE(kiosk.store().fact("endpoint"));
  kiosk.store().set_fact("endpoint", "https://forms.example.org", kiosk.act());
  kiosk.store().set_fact("endpoint", "https://forms.example.org", kiosk.act());
  kiosk.reopen();
  CHECK(kiosk.store().fact("endpoint") == "https://forms.example.org");
  CHECK(errc_of([&] { kiosk.store().set_fact("flush_epoch", "0", kiosk.act()); }) ==
        Errc::invalid_argument);
  CHECK(kiosk.store().history({}).size() == 1);
}
