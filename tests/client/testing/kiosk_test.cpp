#include "lodge/testing/kiosk.hpp"

#include "support/catch.hpp"

namespace lodge::testing {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;

const RecordId ada{"availability", "ada"};

Submission file(Kiosk& kiosk, const json& content) {
  Draft draft = kiosk.client().edit(ada);
  draft.content = content;
  return kiosk.client().submit(draft);
}

State state_of(Kiosk& kiosk, const Submission& submission) {
  return kiosk.client().submission(submission.id)->state;
}

HoldReason hold_of(Kiosk& kiosk, const Submission& submission) {
  return kiosk.client().explain(submission.id).hold.reason;
}

TEST_CASE("three days offline end in a delivery when the network is back") {
  Kiosk kiosk;
  kiosk.go_offline();
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.pass(hours(72));
  CHECK(state_of(kiosk, form) == State::pending);
  CHECK(hold_of(kiosk, form) == HoldReason::offline);
  CHECK(kiosk.server().changes().empty());
  CHECK_FALSE(kiosk.sent().empty());  // a probe now and then: the system may be wrong
  kiosk.come_online();
  kiosk.pass(minutes(1));
  CHECK(state_of(kiosk, form) == State::delivered);
  REQUIRE(kiosk.server().changes(ada).size() == 1);
  CHECK(kiosk.server().changes()[0].content == json{{"monday", "early"}});
  CHECK_FALSE(kiosk.server().changes()[0].key.empty());
}

TEST_CASE("an edit elsewhere under a kiosk that was offline is a conflict, and ends by resolve") {
  Kiosk kiosk;
  kiosk.server().edit(ada, {{"monday", "early"}}, kiosk.now());
  kiosk.client().refresh(ada);
  kiosk.go_offline();
  const Submission form = file(kiosk, {{"monday", "late"}});
  const Version theirs = kiosk.server().edit(ada, {{"monday", "off"}}, kiosk.now());
  kiosk.pass(hours(72));
  kiosk.come_online();
  kiosk.pass(minutes(1));
  REQUIRE(state_of(kiosk, form) == State::conflicted);
  REQUIRE(kiosk.client().conflicts().size() == 1);
  CHECK(kiosk.client().conflicts()[0].theirs == json{{"monday", "off"}});
  CHECK(kiosk.client().conflicts()[0].version == theirs);
  kiosk.client().resolve(form.id, Resolution::ours(), theirs);
  kiosk.pass(minutes(1));
  CHECK(kiosk.server().content(ada) == json{{"monday", "late"}});
}

TEST_CASE("an answer that the test scripts is given once, to a write") {
  Kiosk kiosk;
  kiosk.server().answer_next(503, {{"Retry-After", "600"}});
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.pass(minutes(5));
  CHECK(hold_of(kiosk, form) == HoldReason::busy);
  CHECK(kiosk.sent().size() == 1);
  CHECK_FALSE(kiosk.server().has_scripts());
  kiosk.pass(minutes(10));
  CHECK(state_of(kiosk, form) == State::delivered);
}

TEST_CASE("a refusal that the test scripts rejects the form with the server's words") {
  Kiosk kiosk;
  kiosk.server().answer_next(400, {{"Content-Type", "application/problem+json"}},
                             R"({"title":"No such day"})");
  const Submission form = file(kiosk, {{"someday", "early"}});
  kiosk.pass(minutes(1));
  CHECK(state_of(kiosk, form) == State::rejected);
  CHECK(kiosk.client().submission(form.id)->problem == "No such day");
}

TEST_CASE("a lost reply and a lost request are told apart by the ledger alone") {
  Kiosk kiosk;
  kiosk.server().lose_next_reply();
  const Submission first = file(kiosk, {{"monday", "early"}});
  kiosk.client().step();
  kiosk.client().step();
  CHECK(state_of(kiosk, first) == State::unconfirmed);
  CHECK(kiosk.server().changes().size() == 1);
  kiosk.pass(minutes(20));
  CHECK(state_of(kiosk, first) == State::delivered);
  CHECK(kiosk.server().changes().size() == 1);

  kiosk.server().lose_next_request();
  const Submission second = file(kiosk, {{"monday", "late"}});
  kiosk.client().step();
  kiosk.client().step();
  CHECK(state_of(kiosk, second) == State::unconfirmed);
  CHECK(kiosk.server().changes().size() == 1);
  kiosk.pass(minutes(20));
  CHECK(kiosk.server().changes().size() == 2);
  REQUIRE(kiosk.sent().size() >= 4);
  CHECK(kiosk.sent()[2].body == kiosk.sent()[3].body);
}

TEST_CASE("a portal holds everything back and delivers nothing") {
  Kiosk kiosk;
  kiosk.enter_portal();
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.pass(hours(1));
  CHECK(hold_of(kiosk, form) == HoldReason::intercepted);
  CHECK(kiosk.client().status().path == Path::captive);
  kiosk.come_online();
  kiosk.pass(minutes(16));
  CHECK(state_of(kiosk, form) == State::delivered);
}

TEST_CASE("a network that only looks alive leaves the form in doubt, and it arrives once") {
  Kiosk kiosk;
  kiosk.go_dead();
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.pass(hours(8));
  CHECK(state_of(kiosk, form) == State::unconfirmed);
  kiosk.come_online();
  kiosk.pass(minutes(16));
  CHECK(state_of(kiosk, form) == State::delivered);
  CHECK(kiosk.server().changes().size() == 1);
}

TEST_CASE("a kiosk that is started anew has what it had") {
  Kiosk kiosk;
  kiosk.go_offline();
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.restart();
  CHECK(hold_of(kiosk, form) == HoldReason::offline);
  kiosk.come_online();
  kiosk.pass(minutes(1));
  CHECK(state_of(kiosk, form) == State::delivered);
}

TEST_CASE("the application's own options hold in a kiosk") {
  Options options;
  options.identity = "ada";
  options.authorize = [](const Authorization& asked) -> std::vector<Header> {
    return {{"Authorization", "Bearer of-" + asked.identity}};
  };
  Kiosk kiosk(options, {{"of-ada", "ada@example.org"}});
  const Submission form = file(kiosk, {{"monday", "early"}});
  kiosk.pass(minutes(1));
  CHECK(state_of(kiosk, form) == State::delivered);
  CHECK(kiosk.server().changes()[0].by == "ada@example.org");
}

TEST_CASE("two kiosks with the same story send the same requests") {
  const auto live = [] {
    Kiosk kiosk;
    kiosk.server().lose_next_reply();
    kiosk.server().answer_next(500);
    file(kiosk, {{"monday", "early"}});
    kiosk.pass(hours(2));
    std::string told;
    for (const Request& request : kiosk.sent()) {
      told += std::string(name(request.method)) + request.url + request.body + "\n";
    }
    return told + std::to_string(kiosk.server().requests());
  };
  CHECK(live() == live());
}

}  // namespace
}  // namespace lodge::testing
