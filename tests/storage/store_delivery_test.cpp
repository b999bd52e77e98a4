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

}  // namespace

TEST_CASE("a delivery leaves a receipt, the record's version and a settled row") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  kiosk.now += 1min;
  kiosk.deliver(form.id, "\"v1\"");
  kiosk.reopen();
  CHECK(kiosk.state(form.id) == State::delivered);
  CHECK(kiosk.now_of(form.id).settled_at == kiosk.now);
  CHECK(kiosk.store().receipt(form.id)->version == Version{"\"v1\""});
  CHECK(kiosk.store().receipt(form.id)->evidence == "201 with ETag");
  const auto record = kiosk.store().record(ada);
  CHECK(record->presence == Presence::present);
  CHECK(record->version == Version{"\"v1\""});
  CHECK(kiosk.store().content(kiosk.store().record_content(ada)) == ours);
  const auto attempts = kiosk.store().attempts(form.id);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].outcome == "done");
  CHECK(attempts[0].status == 201);
  CHECK(attempts[0].ended_at == kiosk.now);
  CHECK(kiosk.store().tally().last_delivery == kiosk.now);
  CHECK(kiosk.store().history({.submission = form.id}).back().version == Version{"\"v1\""});
  CHECK_INTACT(kiosk);
}

TEST_CASE("a delivered removal leaves a tombstone") {
  Kiosk kiosk;
  kiosk.learn("ada", ours, "\"1\"");
  const auto removal = kiosk.remove("ada");
  kiosk.deliver(removal.id);
  CHECK(kiosk.store().record(ada)->presence == Presence::absent);
  CHECK(kiosk.store().record(ada)->deleted_at == kiosk.now);
  CHECK_INTACT(kiosk);
}

TEST_CASE("P2: what one flusher has claimed, another cannot", "[P2]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto first = kiosk.claim(form.id);
  CHECK(first.attempt);
  CHECK(first.request == 1);
  CHECK(kiosk.state(form.id) == State::sending);
  CHECK_FALSE(kiosk.claim(form.id).attempt);
  CHECK(kiosk.due().empty());
  CHECK_INTACT(kiosk);
}

TEST_CASE("P3: a flusher of an earlier epoch opens nothing any more", "[P3]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  kiosk.begin_epoch();
  const auto earlier = kiosk.epoch;
  kiosk.begin_epoch();
  CHECK(kiosk.epoch == earlier + 1);
  kiosk.epoch = earlier;
  CHECK_FALSE(kiosk.claim(form.id).attempt);
  CHECK(kiosk.state(form.id) == State::pending);
}

TEST_CASE("P1: an attempt lost with its process leaves the form unconfirmed, same request",
          "[P1]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  kiosk.claim(form.id);
  const auto key = kiosk.store().delivery_facts(form.id)->request->key;
  kiosk.reopen();
  kiosk.begin_epoch();
  CHECK(kiosk.state(form.id) == State::unconfirmed);
  CHECK(kiosk.actions(form.id).back() == "interrupted");
  CHECK(kiosk.store().attempts(form.id)[0].outcome == "lost");
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].in_doubt);
  CHECK(kiosk.due()[0].request->key == key);
  CHECK(kiosk.claim(form.id).request == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("P9: a form whose process died three times waits before the next attempt", "[P9]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  for (int death = 1; death <= 3; ++death) {
    REQUIRE(kiosk.due().size() == 1);
    CHECK(kiosk.claim(form.id).attempt);
    kiosk.begin_epoch();
  }
  CHECK(kiosk.due().empty());
  CHECK(kiosk.now_of(form.id).next_try_at == kiosk.now + 15min);
  CHECK(kiosk.now_of(form.id).problem.find("three times in a row") != std::string::npos);
  kiosk.now += 15min;
  CHECK(kiosk.due().size() == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("P3: a late failure is ignored", "[P3]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto claimed = kiosk.claim(form.id);
  kiosk.begin_epoch();
  const auto entries = kiosk.store().tally().history_entries;
  const auto stored = kiosk.settle(kiosk.settled(form.id, claimed, State::rejected));
  CHECK(stored.late);
  CHECK(stored.state == State::unconfirmed);
  CHECK(kiosk.state(form.id) == State::unconfirmed);
  CHECK(kiosk.store().attempts(form.id)[0].outcome == "late");
  CHECK(kiosk.store().tally().history_entries == entries);
  CHECK_INTACT(kiosk);
}

TEST_CASE("P3: a late success is kept", "[P3]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto claimed = kiosk.claim(form.id);
  Settled success = kiosk.settled(form.id, claimed, State::delivered);
  success.record = RecordLearned{.presence = Presence::present,
                                 .version = Version{"\"1\""},
                                 .text = RecordLearned::Text::of_submission};
  kiosk.begin_epoch();

  SECTION("as the proof of a form that waited for it") {
    const auto stored = kiosk.settle(success);
    CHECK(stored.late);
    CHECK(stored.state == State::delivered);
    CHECK(kiosk.store().receipt(form.id)->version == Version{"\"1\""});
  }
  SECTION("beside a newer attempt, which then finds it there") {
    const auto newer = kiosk.claim(form.id);
    CHECK(kiosk.settle(success).state == State::sending);
    CHECK(kiosk.settle(kiosk.settled(form.id, newer, State::delivered)).state == State::delivered);
  }
  SECTION("of an older request: only the server's copy is read next") {
    Settled next = kiosk.settled(form.id, kiosk.claim(form.id), State::unconfirmed);
    next.request = NewRequest{.key = {kiosk.fresh_id().bytes}, .url = "https://x"};
    kiosk.settle(next);
    CHECK(kiosk.settle(success).state == State::unconfirmed);
    CHECK(kiosk.due()[0].step == Step::check);
    CHECK_FALSE(kiosk.store().receipt(form.id));
  }
  CHECK(kiosk.store().record(ada)->version == Version{"\"1\""});
  const auto actions = kiosk.actions(form.id);
  CHECK(std::ranges::count(actions, "late success kept") == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a request is sealed with the claim, and a merged body belongs to it") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  kiosk.begin_epoch();
  const Claim first{.submission = form.number,
                    .request = NewRequest{.key = {kiosk.fresh_id().bytes},
                                          .url = "https://x/ada",
                                          .precondition = Precondition::match,
                                          .tag = "\"1\"",
                                          .merged_body = merged}};
  const auto claimed = kiosk.store().claim({&first, 1}, kiosk.epoch, kiosk.now).at(0);
  CHECK(claimed.request == 1);
  const auto facts = kiosk.store().delivery_facts(form.id).value();
  CHECK(facts.request->url == "https://x/ada");
  CHECK(facts.request->precondition == Precondition::match);
  CHECK(facts.request->tag == "\"1\"");
  CHECK(kiosk.store().content(facts.request->body) == merged);
  CHECK(kiosk.text_of(form.id) == ours);
  CHECK(facts.submission.tries == 1);

  Settled done = kiosk.settled(form.id, claimed, State::delivered);
  done.record = RecordLearned{.presence = Presence::present,
                              .version = Version{"\"2\""},
                              .text = RecordLearned::Text::of_request};
  kiosk.settle(done);
  CHECK(kiosk.store().content(kiosk.store().record_content(ada)) == merged);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a second request has a history entry and another key") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  Settled next = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
  next.request = NewRequest{.key = {kiosk.fresh_id().bytes}, .url = "https://x/ada"};
  kiosk.settle(next);
  CHECK(kiosk.claim(form.id).request == 2);
  const auto actions = kiosk.actions(form.id);
  CHECK(std::ranges::count(actions, "request opened") == 1);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a key stands for one request for ever") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto other = kiosk.submit("bob", ours);
  kiosk.claim(form.id);
  const Claim again{
      .submission = other.number,
      .request = NewRequest{.key = kiosk.store().delivery_facts(form.id)->request->key,
                            .url = "https://x/bob"}};
  CHECK(errc_of([&] { kiosk.store().claim({&again, 1}, kiosk.epoch, kiosk.now); }));
  CHECK(kiosk.state(other.id) == State::pending);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a check before any request is an attempt of no request") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  const auto claimed = kiosk.claim(form.id, Step::check);
  CHECK(claimed.request == 0);
  CHECK(kiosk.store().attempts(form.id)[0].step == Step::check);
  kiosk.settle(kiosk.settled(form.id, claimed, State::pending));
  CHECK(kiosk.state(form.id) == State::pending);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a batch of answers is stored together, each on its own merits") {
  Kiosk kiosk;
  std::vector<Settled> batch;
  std::vector<SubmissionId> ids;
  for (const State state :
       {State::delivered, State::rejected, State::unconfirmed, State::pending}) {
    const auto form = kiosk.submit("ada" + std::to_string(ids.size()), ours);
    ids.push_back(form.id);
    batch.push_back(kiosk.settled(form.id, kiosk.claim(form.id), state));
  }
  batch[3].due_at = kiosk.now + 1min;
  const GateChange busy{.gate = {.scope = GateScope::origin,
                                 .name = "https://x",
                                 .reason = GateReason::busy,
                                 .since = kiosk.now,
                                 .until = kiosk.now + 1min}};
  const auto stored = kiosk.store().settle(batch, {&busy, 1}, kiosk.act());
  REQUIRE(stored.size() == 4);
  CHECK(stored[0].state == State::delivered);
  CHECK(stored[2].state == State::unconfirmed);
  CHECK(kiosk.store().gates().size() == 1);
  CHECK(kiosk.due().size() == 1);
  kiosk.now += 1min;
  CHECK(kiosk.due().size() == 2);
  CHECK_INTACT(kiosk);
}

TEST_CASE("a rejected or conflicted form holds up its own record only") {
  Kiosk kiosk;
  const auto bad = kiosk.submit("ada", ours);
  kiosk.submit("ada", theirs);
  const auto other = kiosk.submit("bob", ours);
  SECTION("rejected") { kiosk.attempt(bad.id, State::rejected); }
  SECTION("conflicted") { kiosk.conflict(bad.id, theirs, "\"2\""); }
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].submission.id == other.id);
  CHECK_INTACT(kiosk);
}

TEST_CASE("C2: after the clock was set back, what was due far ahead is due now", "[C2]") {
  Kiosk kiosk;
  const auto form = kiosk.submit("ada", ours);
  Settled backing_off = kiosk.settled(form.id, kiosk.claim(form.id), State::pending);
  backing_off.due_at = kiosk.now + 15min;
  kiosk.settle(backing_off);
  CHECK(kiosk.due().empty());
  const auto streams = kiosk.store().streams();
  CHECK(kiosk.store().next_due(std::vector{streams[0].number}) == kiosk.now + 15min);
  kiosk.now -= 24h;
  CHECK(kiosk.due().size() == 1);
}

TEST_CASE("S11: what is due is found by identity, so no form goes with another's token", "[S11]") {
  Kiosk kiosk;
  kiosk.submit(kiosk.form("one", "ada"), ours);
  kiosk.submit(kiosk.form("two", "bob"), ours);
  for (const Stream& stream : kiosk.store().streams()) {
    const auto due = kiosk.store().due(std::vector{stream.number}, kiosk.now, 1h, 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].submission.identity == stream.identity);
    CHECK(due[0].stream == stream.number);
  }
  const auto bobs = kiosk.store().outbox({.filter = {.identity = "bob"}});
  REQUIRE(bobs.size() == 1);
  CHECK(bobs[0].record.key == "two");
}

TEST_CASE("deferred and normal entry never mix, and neither blocks the other", "[lanes]") {
  Kiosk kiosk;
  Draft deferred = kiosk.form("ada");
  deferred.lane = "deferred";
  const auto late = kiosk.store().submit(
      {.draft = deferred, .bytes = ours, .effective_at = start_time - 24h * 7}, kiosk.act());
  kiosk.attempt(late.id, State::rejected);
  const auto normal = kiosk.submit("bob", ours);
  REQUIRE(kiosk.due().size() == 1);
  CHECK(kiosk.due()[0].submission.id == normal.id);
  CHECK(kiosk.store().streams().size() == 2);
  CHECK(kiosk.store().outbox({.filter = {.lane = "deferred"}}).size() == 1);
}

TEST_CASE("what is due comes oldest first, at most as many as asked for") {
  Kiosk kiosk;
  for (int i = 0; i < 5; ++i) {
    kiosk.submit("ada" + std::to_string(i), ours);
    kiosk.now += 1s;
  }
  const auto stream = kiosk.store().streams()[0].number;
  const auto due = kiosk.store().due(std::vector{stream}, kiosk.now, 1h, 3);
  REQUIRE(due.size() == 3);
  CHECK(due[0].submission.record.key == "ada0");
  CHECK(due[2].submission.record.key == "ada2");
}

TEST_CASE("D8: a text damaged on disk is refused, parked and never sent; others go on", "[D8]") {
  Kiosk kiosk;
  const auto bad = kiosk.submit("ada", ours);
  const auto good = kiosk.submit("bob", theirs);
  tamper(kiosk.path(),
         "DROP TRIGGER contents_are_sealed;"
         "UPDATE contents SET bytes = CAST('{\"monday\":\"8\"}' AS BLOB) WHERE number = 1");
  CHECK(errc_of([&] { kiosk.text_of(bad.id); }) == Errc::store_damaged);
  CHECK(kiosk.store().broken_invariants().size() == 2);  // the text, and the chain that names it
  kiosk.store().park_damaged(bad.id, kiosk.act("its text does not match its digest"));
  CHECK(kiosk.state(bad.id) == State::rejected);
  CHECK(kiosk.now_of(bad.id).problem == "its text does not match its digest");
  CHECK_FALSE(kiosk.claim(bad.id).attempt);
  CHECK(kiosk.text_of(good.id) == theirs);
  kiosk.deliver(good.id);
  CHECK(errc_of([&] { kiosk.store().park_damaged(good.id, kiosk.act()); }) == Errc::wrong_state);
}

TEST_CASE("another endpoint knows no versions, and what was sent is looked for there first") {
  Kiosk kiosk;
  kiosk.learn("eve", ours, "\"1\"");
  const auto sent = kiosk.submit("ada", ours);
  const auto fresh = kiosk.submit("bob", ours);
  kiosk.attempt(sent.id, State::unconfirmed);
  kiosk.store().adopt_endpoint("https://new.example.org", kiosk.act("moved"));
  CHECK(kiosk.store().fact("endpoint") == "https://new.example.org");
  const auto record = kiosk.store().record({"availability", "eve"});
  CHECK(record->presence == Presence::present);
  CHECK_FALSE(record->version);
  CHECK(kiosk.store().delivery_facts(sent.id)->step == Step::check);
  CHECK(kiosk.store().delivery_facts(fresh.id)->step == Step::send);
  CHECK_INTACT(kiosk);
}
