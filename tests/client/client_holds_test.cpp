#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::hold_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

/// No hold is for ever and silent: it ends by a time, or by a call that it names (P8).
Hold checked_hold(Kiosk& kiosk, const SubmissionId& id) {
  const Explanation why = kiosk.client->explain(id);
  INFO(why.words);
  CHECK((why.hold.until || !why.hold.act.empty()));
  if (why.hold.until) CHECK(*why.hold.until <= kiosk.clock->now() + 75 * minute);
  CHECK(why.hold.words.size() > 10);
  CHECK(why.words.find(name(why.submission.state)) == 0);
  return why.hold;
}

TEST_CASE("explain: a form that is due is held by nothing, even before the first pass") {
  Kiosk kiosk;
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  CHECK(hold_of(*kiosk.client, submission.id) == "none");
}

TEST_CASE("explain: without an endpoint the hold says no_endpoint") {
  Kiosk kiosk;
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client.reset();
  Options options = kiosk.options();
  options.endpoint.clear();
  kiosk.client = std::make_unique<Client>(options);
  kiosk.run(minute);
  CHECK(name(checked_hold(kiosk, submission.id).reason) == "no_endpoint");
}

TEST_CASE("explain: offline, until one probe in 15 minutes") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::no_connection(); };
  kiosk.open();
  kiosk.client->set_network(Path::offline);
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(minute);
  const Hold hold = checked_hold(kiosk, submission.id);
  CHECK(name(hold.reason) == "offline");
  REQUIRE(hold.until);
  CHECK(*hold.until <= kiosk.clock->now() + 15 * minute);
  const std::size_t before = kiosk.seen.size();
  kiosk.run(16 * minute);
  CHECK(kiosk.seen.size() > before);
  CHECK(kiosk.seen.size() < before + 5);
  CHECK(kiosk.client->status().path == Path::offline);
}

TEST_CASE("N15: a host that says offline and is wrong delays a form, and does not keep it",
          "[N15]") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->set_network(Path::offline);
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
  CHECK(kiosk.client->status().path == Path::online);
}

TEST_CASE("explain: intercepted, unreachable, busy and backing off, each with its end") {
  struct Row {
    Reply reply;
    std::string hold;
  };
  const Row rows[] = {
      {test::answer(200, {{"Content-Type", "text/html"}}, "<html>"), "intercepted"},
      {test::answer(302, {{"Location", "https://login.example/"}}), "intercepted"},
      {test::answer(511), "intercepted"},
      {test::answer(407), "intercepted"},
      {test::no_connection(), "unreachable"},
      {{.error = TransportError::resolve}, "unreachable"},
      {test::answer(503, {{"Retry-After", "60"}}), "busy"},
      {test::answer(429), "busy"},
      {test::answer(500), "backing_off"},
      {test::answer(502), "backing_off"},
      {{.error = TransportError::cut, .departures = 1}, "backing_off"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.hold, row.reply.status, name(row.reply.error));
    Kiosk kiosk;
    kiosk.weather = [&](const Request&) { return row.reply; };
    kiosk.open();
    const Submission submission = kiosk.file(ada, {{"x", 1}});
    kiosk.run(std::chrono::milliseconds(100));
    CHECK(name(checked_hold(kiosk, submission.id).reason) == row.hold);
    kiosk.weather = {};
    kiosk.run(16 * minute);
    CHECK(state_of(*kiosk.client, submission.id) == "delivered");
    CHECK(hold_of(*kiosk.client, submission.id) == "settled");
    CHECK(kiosk.client->status().holds.empty());
  }
}

TEST_CASE("a failed attempt counts once, and the first back-off is at most 2 s") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::answer(502); };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client->step();
  kiosk.client->step();
  const Explanation why = kiosk.client->explain(submission.id);
  CHECK(why.attempts.size() == 1);
  CHECK(why.submission.tries == 1);
  REQUIRE(why.hold.until);
  CHECK(*why.hold.until <= kiosk.clock->now() + std::chrono::seconds(2));
}

TEST_CASE("N10: a Retry-After is obeyed within 0 and 1 h, and a quarter on top spreads the fleet",
          "[N10]") {
  struct Row {
    std::vector<Header> headers;
    Duration least;
    Duration most;
  };
  const auto after = [](std::string value) { return Header{"Retry-After", std::move(value)}; };
  const Row rows[] = {
      {{after("0")}, Duration(0), 3 * second},
      {{after("-5")}, Duration(0), 3 * second},
      {{after("120")}, 120 * second, 150 * second},
      {{after("315360000")}, 60 * minute, 75 * minute},
      {{after("99999999999999999999999")}, Duration(0), 75 * minute},
      {{after("soon")}, Duration(0), 3 * second},
      {{after("")}, Duration(0), 3 * second},
      {{after("30"), after("60")}, Duration(0), 75 * second},
      // Judged against the answer's own Date, whatever our clock says.
      {{{"Date", "Sat, 01 Jan 2050 00:00:00 GMT"}, after("Sat, 01 Jan 2050 00:02:00 GMT")},
       120 * second,
       150 * second},
  };
  for (const Row& row : rows) {
    CAPTURE(row.headers.back().value);
    Kiosk kiosk;
    kiosk.weather = [&](const Request&) { return test::answer(503, row.headers); };
    kiosk.open();
    const Submission submission = kiosk.file(ada, {{"x", 1}});
    kiosk.client->step();
    kiosk.client->step();
    const Hold hold = kiosk.client->explain(submission.id).hold;
    REQUIRE(hold.until);
    CHECK(*hold.until - kiosk.clock->now() >= row.least);
    CHECK(*hold.until - kiosk.clock->now() <= row.most);
  }
}

TEST_CASE("explain: behind names the form in front and what ends its hold") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::refusal(400, "no such day"); };
  kiosk.open();
  const Submission first = kiosk.file(ada, {{"x", 1}});
  kiosk.client->drain(second);
  REQUIRE(state_of(*kiosk.client, first.id) == "rejected");
  kiosk.weather = {};
  const Submission follower = kiosk.client->remove(ada);
  kiosk.run(minute);
  const Hold hold = checked_hold(kiosk, follower.id);
  CHECK(name(hold.reason) == "behind");
  CHECK(hold.behind == first.id);
  CHECK(hold.act == "amend");
}

TEST_CASE("explain: needs_decision, was_rejected and settled") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"x", "theirs"}}, kiosk.clock->now());
  kiosk.open();
  const Submission conflicted = kiosk.file(ada, {{"x", "ours"}});
  kiosk.run(minute);
  CHECK(name(checked_hold(kiosk, conflicted.id).reason) == "needs_decision");
  kiosk.weather = [](const Request&) { return test::refusal(400, "no such day"); };
  const Submission rejected = kiosk.file({"f", "r"}, {{"x", 1}});
  kiosk.run(minute);
  CHECK(name(checked_hold(kiosk, rejected.id).reason) == "was_rejected");
  CHECK(kiosk.client->explain(rejected.id).words.find("no such day") != std::string::npos);
  kiosk.client->withdraw(rejected.id);
  CHECK(hold_of(*kiosk.client, rejected.id) == "settled");
}

TEST_CASE("explain: other_process where another client holds the turn, with its pid") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->step();
  Options options = kiosk.options();
  options.transport =
      std::make_shared<test::MemoryTransport>([](const Request&) { return test::no_connection(); });
  Client other(options);
  other.step();
  Draft draft = other.edit(ada);
  draft.content["x"] = 1;
  const Submission submission = other.submit(draft);
  const Hold hold = other.explain(submission.id).hold;
  CHECK(name(hold.reason) == "other_process");
  CHECK(hold.words.find(std::to_string(getpid())) != std::string::npos);
  CHECK_FALSE(other.status().delivering);
  CHECK(kiosk.client->status().delivering);
  kiosk.client->drain(second);
  CHECK(test::state_of(other, submission.id) == "delivered");
}

TEST_CASE("explain: a client that never delivers says who would") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.deliver = false;
  Client client(options);
  Draft draft = client.edit(ada);
  draft.content["x"] = 1;
  const Submission submission = client.submit(draft);
  CHECK_FALSE(client.drain(std::chrono::milliseconds(1)));
  CHECK(name(client.explain(submission.id).hold.reason) == "other_process");
  CHECK(kiosk.seen.empty());
  kiosk.open().drain(second);
  CHECK(test::state_of(client, submission.id) == "delivered");
}

// Pauses.

TEST_CASE("a pause says its reason, outlives the program and ends by resume") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("maintenance until noon");
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(std::chrono::hours(24));
  kiosk.open();
  kiosk.run(std::chrono::hours(24));
  CHECK(kiosk.seen.empty());
  const Hold hold = checked_hold(kiosk, submission.id);
  CHECK(name(hold.reason) == "paused");
  CHECK(hold.act == "resume");
  CHECK(hold.words.find("maintenance until noon") != std::string::npos);
  REQUIRE(kiosk.client->status().holds.size() == 1);
  CHECK(kiosk.client->status().holds[0].scope == "all");
  kiosk.client->resume();
  CHECK(kiosk.client->status().holds.empty());
  CHECK(kiosk.client->drain(second));
}

TEST_CASE("a pause of a collection or an identity holds that group only") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("new form next week", {.collection = "availability"});
  kiosk.client->pause("on leave", {.identity = "bob"});
  const Submission paused = kiosk.file(ada, {{"x", 1}});
  const Submission free = kiosk.file({"f", "free"}, {{"x", 1}});
  Draft draft = kiosk.client->edit({"f", "bob's"}, {.identity = "bob"});
  const Submission of_bob = kiosk.client->submit(draft);
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, free.id) == "delivered");
  CHECK(name(checked_hold(kiosk, paused.id).reason) == "paused");
  CHECK(name(checked_hold(kiosk, of_bob.id).reason) == "paused");
  kiosk.client->resume({.collection = "availability"});
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, paused.id) == "delivered");
  CHECK(name(checked_hold(kiosk, of_bob.id).reason) == "paused");
}

TEST_CASE("resume without a scope ends every pause") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("lunch", {.collection = "availability"});
  kiosk.client->pause("on leave", {.identity = "bob"});
  kiosk.client->pause("maintenance");
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client->resume();
  CHECK(kiosk.client->status().holds.empty());
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
}

TEST_CASE("a scope of two members is two pauses, and each ends by itself") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("both", {.collection = "availability", .identity = "bob"});
  const Submission of_nobody = kiosk.file(ada, {{"x", 1}});
  const Submission of_bob =
      kiosk.client->submit(kiosk.client->edit({"f", "bob's"}, {.identity = "bob"}));
  CHECK(hold_of(*kiosk.client, of_nobody.id) == "paused");
  CHECK(hold_of(*kiosk.client, of_bob.id) == "paused");
  kiosk.client->resume({.collection = "availability"});
  CHECK(hold_of(*kiosk.client, of_nobody.id) == "none");
  CHECK(hold_of(*kiosk.client, of_bob.id) == "paused");
}

TEST_CASE("a pause of all is not ended by resuming one group") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("maintenance");
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client->resume({.collection = "availability"});
  kiosk.run(minute);
  CHECK(hold_of(*kiosk.client, submission.id) == "paused");
}

// Refusals.

TEST_CASE("F3: where everything is refused the collection is held, seen, and put back by one call",
          "[F3]") {
  Kiosk kiosk;
  kiosk.weather = [](const Request& request) -> std::optional<Reply> {
    if (request.url.find("/release/") == std::string::npos) return std::nullopt;
    return test::refusal(400, "unknown member");
  };
  kiosk.open();
  std::vector<Submission> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(kiosk.file({"release", std::to_string(i)}, {{"x", i}}));
  }
  const Submission elsewhere = kiosk.file({"f", "other"}, {{"x", 1}});
  kiosk.run(2 * minute);
  CHECK(state_of(*kiosk.client, elsewhere.id) == "delivered");
  const Status status = kiosk.client->status();
  CHECK(status.count(State::rejected) == 2);
  CHECK(status.count(State::pending) == 10);
  REQUIRE(status.holds.size() == 1);
  CHECK(status.holds[0].scope == "collection");
  CHECK(status.holds[0].name == "release");
  CHECK(status.holds[0].words.find("unknown member") != std::string::npos);
  CHECK(name(checked_hold(kiosk, all[11].id).reason) == "refused");

  const std::size_t before = kiosk.seen.size();
  kiosk.run(std::chrono::hours(8));
  CHECK(kiosk.seen.size() - before <= 100);  // one probe per back-off of 0 to 15 min
  CHECK(kiosk.client->status().count(State::rejected) == 2);

  kiosk.weather = {};
  CHECK(kiosk.client->retry(Filter{.collection = "release"}) == 2);
  kiosk.run(16 * minute);
  for (const Submission& one : all) CHECK(state_of(*kiosk.client, one.id) == "delivered");
  CHECK(kiosk.client->status().holds.empty());
  CHECK(kiosk.server.ledger().effects().size() == 13);
}

TEST_CASE("F3: resume of a held collection sends its probe at once", "[F3]") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::refusal(405); };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(std::chrono::hours(1));
  CHECK(name(checked_hold(kiosk, submission.id).reason) == "refused");
  kiosk.weather = {};
  kiosk.client->resume({.collection = "availability"});
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
}

TEST_CASE("a rejected form goes again as it was after retry, and its followers after it") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::refusal(400); };
  kiosk.open();
  const Submission first = kiosk.file(ada, {{"x", 1}});
  kiosk.client->drain(second);
  REQUIRE(state_of(*kiosk.client, first.id) == "rejected");
  kiosk.weather = {};
  kiosk.client->retry(first.id);
  CHECK(state_of(*kiosk.client, first.id) == "pending");
  CHECK(kiosk.client->submission(first.id)->problem.empty());
  CHECK(kiosk.client->drain(second));
  CHECK(kiosk.client->retry(Filter{}) == 0);
}

}  // namespace
}  // namespace lodge
