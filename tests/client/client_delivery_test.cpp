#include "client/client_fixture.hpp"
#include "support/catch.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

State state_of(Kiosk& kiosk, const Submission& submission) {
  return kiosk.client->submission(submission.id)->state;
}

TEST_CASE("a submitted form arrives with its content and leaves a receipt") {
  Kiosk kiosk;
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"monday", "09:00-12:00"}});
  CHECK(submission.state == State::pending);
  CHECK(kiosk.client->drain(std::chrono::seconds(1)));
  CHECK(state_of(kiosk, submission) == State::delivered);
  const Explanation why = kiosk.client->explain(submission.id);
  REQUIRE(why.receipt);
  CHECK(why.receipt->version);
  CHECK(why.words.find("delivered") == 0);
  CHECK(kiosk.server.ledger().effects().size() == 1);
  CHECK(kiosk.client->verify_history().intact);
}

TEST_CASE("an update names the version that the last delivery brought") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"monday", "09:00"}});
  kiosk.client->drain(std::chrono::seconds(1));
  Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == nlohmann::json{{"monday", "09:00"}});
  CHECK(draft.base == BaseKind::version);
  draft.content["monday"] = "10:00";
  const Submission update = kiosk.client->submit(draft);
  CHECK(kiosk.client->drain(std::chrono::seconds(1)));
  CHECK(state_of(kiosk, update) == State::delivered);
  CHECK(header(kiosk.seen.back().headers, "If-Match").has_value());
  CHECK(kiosk.server.ledger().effects().size() == 2);
}

TEST_CASE("N1: a reply that is lost leads to the same bytes and key again, and to one effect",
          "[N1]") {
  Kiosk kiosk;
  int lost = 0;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (lost++ > 0) return std::nullopt;
    kiosk.server.handle(request, kiosk.clock->now());
    return Reply{.error = TransportError::cut, .departures = 1};
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"monday", "09:00"}});
  kiosk.client->step();
  kiosk.client->step();
  CHECK(state_of(kiosk, submission) == State::unconfirmed);
  kiosk.run(std::chrono::minutes(1));
  CHECK(state_of(kiosk, submission) == State::delivered);
  REQUIRE(kiosk.seen.size() == 2);
  CHECK(kiosk.seen[0].body == kiosk.seen[1].body);
  CHECK(header(kiosk.seen[0].headers, "Idempotency-Key") ==
        header(kiosk.seen[1].headers, "Idempotency-Key"));
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("a form and its follow-up, both filed offline, arrive in order") {
  Kiosk kiosk;
  bool down = true;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (!down) return std::nullopt;
    return Reply{.error = TransportError::connect, .departures = 0};
  };
  kiosk.open();
  const Submission first = kiosk.file(ada, {{"monday", "09:00"}});
  Draft draft = kiosk.client->edit(ada);
  CHECK(draft.base == BaseKind::after);
  draft.content["tuesday"] = "14:00";
  const Submission second = kiosk.client->submit(draft);
  kiosk.run(std::chrono::hours(1));
  CHECK(state_of(kiosk, first) == State::pending);
  CHECK(kiosk.client->explain(second.id).hold.reason == HoldReason::behind);
  down = false;
  kiosk.run(std::chrono::minutes(16));
  CHECK(state_of(kiosk, first) == State::delivered);
  CHECK(state_of(kiosk, second) == State::delivered);
  CHECK(kiosk.server.ledger().effects().size() == 2);
}

TEST_CASE("somebody else's edit of another member is merged, of the same member is a conflict") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"monday", "09:00"}, {"tuesday", "free"}});
  kiosk.client->drain(std::chrono::seconds(1));

  kiosk.server.edit(ada, {{"monday", "09:00"}, {"tuesday", "busy"}}, kiosk.clock->now());
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "10:00";
  const Submission merged = kiosk.client->submit(draft);
  kiosk.run(std::chrono::minutes(1));
  CHECK(state_of(kiosk, merged) == State::delivered);

  kiosk.server.edit(ada, {{"monday", "noon"}, {"tuesday", "busy"}}, kiosk.clock->now());
  draft = kiosk.client->edit(ada);
  CHECK(draft.content["tuesday"] == "busy");
  draft.content["monday"] = "11:00";
  const Submission overlapping = kiosk.client->submit(draft);
  kiosk.run(std::chrono::minutes(1));
  REQUIRE(state_of(kiosk, overlapping) == State::conflicted);
  const auto conflicts = kiosk.client->conflicts();
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].overlaps == std::vector<std::string>{"/monday"});
  CHECK((*conflicts[0].theirs)["monday"] == "noon");

  const auto resolved =
      kiosk.client->resolve(overlapping.id, Resolution::ours(), conflicts[0].version);
  REQUIRE(resolved);
  kiosk.run(std::chrono::minutes(1));
  CHECK(state_of(kiosk, *resolved) == State::delivered);
  CHECK(state_of(kiosk, overlapping) == State::replaced);
}

TEST_CASE("N4: a portal that answers 200 with HTML delivers nothing and costs no form", "[N4]") {
  Kiosk kiosk;
  bool portal = true;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (!portal) return std::nullopt;
    return Reply{.departures = 1,
                 .status = 200,
                 .headers = {{"Content-Type", "text/html"}},
                 .body = "<html>Welcome</html>",
                 .loopback = true};
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"monday", "09:00"}});
  kiosk.run(std::chrono::hours(2));
  CHECK_FALSE(is_final(state_of(kiosk, submission)));
  CHECK(kiosk.client->explain(submission.id).hold.reason == HoldReason::intercepted);
  portal = false;
  kiosk.run(std::chrono::minutes(20));
  CHECK(state_of(kiosk, submission) == State::delivered);
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("a removal is delivered and an edit afterwards starts empty") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"monday", "09:00"}});
  kiosk.client->drain(std::chrono::seconds(1));
  const Submission removal = kiosk.client->remove(ada, {.reason = "left the team"});
  CHECK(kiosk.client->drain(std::chrono::seconds(1)));
  CHECK(state_of(kiosk, removal) == State::delivered);
  CHECK(kiosk.client->edit(ada).content == nlohmann::json::object());
}

TEST_CASE("a second click on submit is the same submission") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  const Submission first = kiosk.client->submit(draft);
  CHECK(kiosk.client->submit(draft).id == first.id);
  draft.content["monday"] = "10:00";
  CHECK_THROWS_AS(kiosk.client->submit(draft), Error);
  kiosk.client->save(draft);
  CHECK(draft.id != first.id);
  CHECK(draft.base == BaseKind::after);
}

TEST_CASE("a form that was typed and not submitted is there again after the process ends") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:0";
  kiosk.client->autosave(draft);
  kiosk.run(std::chrono::milliseconds(300));
  kiosk.open();
  CHECK(kiosk.client->edit(ada).content["monday"] == "09:0");
}

}  // namespace
}  // namespace lodge
