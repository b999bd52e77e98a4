#include "queue/schedule/breaker.hpp"

#include <string>

#include "queue/schedule/plan.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using storage::Due;
using storage::GateReason;

Due form(int number) {
  Due due = an_update();
  due.submission.number = number;
  due.submission.record.key = "person" + std::to_string(number);
  return due;
}

State refused(Scene& scene, const Due& due, int status = 400) {
  return scene.send(due, a_reply(status)).settled.state;
}

}  // namespace

TEST_CASE("F3: the third form refused in a row is kept, and the collection held", "[F3]") {
  Scene scene;
  CHECK(refused(scene, form(1)) == State::rejected);
  CHECK(refused(scene, form(2)) == State::rejected);
  CHECK(scene.gates.empty());
  const auto third = scene.send(form(3), a_reply(400)).settled;
  CHECK(third.state == State::pending);
  CHECK(third.action.empty());
  CHECK(third.problem_status == 400);
  CHECK(third.due_at > noon);
  REQUIRE(scene.gates.size() == 1);
  CHECK(scene.gates[0].reason == GateReason::refused);
  CHECK(scene.gates[0].until <= noon + 15min);
  SECTION("while it is held a refused probe is kept, too, and the next one waits longer") {
    scene.now = *scene.gates[0].until;
    CHECK(refused(scene, form(4)) == State::pending);
    CHECK(scene.gates[0].tries == 2);
    CHECK(scene.gates[0].until > scene.now);
    CHECK(refused(scene, form(5), 422) == State::pending);
  }
  SECTION("a success opens it and starts the count anew") {
    scene.send(form(4), a_reply(204, "", {{"ETag", "\"v2\""}}));
    CHECK(scene.gates.empty());
    CHECK(refused(scene, form(5)) == State::rejected);
    CHECK(refused(scene, form(6)) == State::rejected);
    CHECK(refused(scene, form(7)) == State::pending);
  }
}

TEST_CASE("other statuses, the same record and successes between do not trip the breaker") {
  Scene scene;
  for (int number = 1; number <= 10; ++number) {
    CHECK(refused(scene, form(number), number % 2 == 0 ? 400 : 422) == State::rejected);
  }
  for (int again = 0; again < 10; ++again) {
    CHECK(refused(scene, form(1), 451) == State::rejected);
  }
  for (int number = 1; number <= 10; ++number) {
    CHECK(refused(scene, form(number), 406) == State::rejected);
    scene.send(form(50), a_reply(204, "", {{"ETag", "\"v2\""}}));
  }
}

TEST_CASE("the count of refusals is bounded") {
  queue::Refusals refusals;
  for (int number = 0; number < 1000; ++number) {
    queue::note_refusal(refusals, {"c", std::to_string(number)}, 400);
  }
  CHECK(refusals.records.size() == 3);
  CHECK(refusals.in_a_row == 3);
}

namespace {

const storage::Gate* origin_gate(const Scene& scene) {
  for (const storage::Gate& gate : scene.gates) {
    if (gate.scope == storage::GateScope::origin) return &gate;
  }
  return nullptr;
}

Reply silence() {
  Reply reply;
  reply.error = TransportError::timeout;
  reply.departures = 1;
  return reply;
}

Reply success() { return a_reply(204, "", {{"ETag", "\"v2\""}}); }

}  // namespace

TEST_CASE("F2: failure or silence with three different forms in a row closes the origin", "[F2]") {
  const int status = GENERATE(500, 502, 504, 520, 0);
  const Reply failure = status == 0 ? silence() : a_reply(status);
  Scene scene;
  CAPTURE(status);
  scene.send(form(1), failure);
  scene.send(form(2), failure);
  CHECK(scene.gates.empty());
  const auto third = scene.send(form(3), failure).settled;
  REQUIRE(origin_gate(scene) != nullptr);
  const storage::Gate gate = *origin_gate(scene);
  CHECK(gate.reason == GateReason::unreachable);
  CHECK(gate.name == scene.profile.endpoint.origin());
  CHECK(gate.until > noon);
  CHECK(gate.until <= noon + 2s);
  CHECK(third.state == State::unconfirmed);
  CHECK(third.in_doubt);
  CHECK(third.due_at > noon);
  Submission waiting = form(9).submission;
  waiting.state = State::pending;
  const Hold hold = queue::hold_of(waiting, {}, scene.gates, {}, noon, scene.profile);
  CHECK(hold.reason == HoldReason::unreachable);
  CHECK(hold.until == gate.until);
  CHECK(hold.words.find("Form after form fails") != std::string::npos);
  SECTION("what was under way changes nothing; a failing probe makes the next wait longer") {
    CHECK(scene.send(form(4), failure).gates.empty());
    scene.now = *gate.until;
    scene.send(form(5), failure);
    REQUIRE(origin_gate(scene) != nullptr);
    CHECK(origin_gate(scene)->tries == gate.tries + 1);
    CHECK(origin_gate(scene)->until > scene.now);
  }
  SECTION("any word of a working server opens it, and the count starts anew") {
    scene.now = *gate.until;
    scene.send(form(4), a_reply(412));
    CHECK(scene.gates.empty());
    scene.send(form(5), failure);
    scene.send(form(6), failure);
    CHECK(scene.gates.empty());
  }
}

TEST_CASE("N11: forms that get 500 for ever hold the others for seconds at most", "[N11]") {
  Scene scene;
  SECTION("one or two hold nobody, however often they go and whatever they step to") {
    for (int i = 0; i < 100; ++i) scene.send(form(1 + i % 2), a_reply(500));
    scene.check(form(1), {}, a_reply(500));
    CHECK(scene.gates.empty());
  }
  SECTION("three close the origin, and never for longer than the first back-off") {
    for (int i = 0; i < 100; ++i) {
      scene.send(form(1 + i % 3), a_reply(500));
      const storage::Gate* gate = origin_gate(scene);
      if (!gate) continue;
      CHECK(*gate->until <= scene.now + 2s);
      scene.now = *gate->until;
    }
    scene.send(form(9), success());
    CHECK(scene.gates.empty());
  }
  SECTION("successes between keep it open") {
    for (int i = 0; i < 100; ++i) {
      scene.send(form(i), a_reply(500));
      if (i % 2 == 1) scene.send(form(1000 + i), success());
      CHECK(scene.gates.empty());
    }
  }
}

TEST_CASE("F2: while the server fails its gate comes to one probe per interval, and ends by then",
          "[F2]") {
  Scene scene;
  scene.chance = 0.999;
  for (int i = 0; i < 300; ++i) {
    scene.send(form(i), i % 2 == 0 ? a_reply(502) : silence());
    const storage::Gate* gate = origin_gate(scene);
    if (!gate) continue;
    CHECK(*gate->until > scene.now);
    CHECK(*gate->until <= scene.now + 15min);
    if (i > 20) CHECK(*gate->until > scene.now + 14min);
    scene.now = *gate->until;
  }
  CHECK(scene.failures.records.size() == 16);
}

TEST_CASE("what is no failure of the server does not count as one") {
  Scene scene;
  Reply cancelled;
  cancelled.error = TransportError::cancelled;
  cancelled.departures = 1;
  for (int i = 0; i < 10; ++i) {
    scene.send(form(i), cancelled);
    scene.send(form(i), a_reply(507));
    scene.send(form(i), a_reply(423));
  }
  CHECK(scene.failures.records.empty());
  CHECK(scene.gates.empty());
}

TEST_CASE("F1: those who were told the same do not return together, even at the longest wait",
          "[F1]") {
  for (const char* asked : {"60", "3600", "99999999"}) {
    const Duration obeyed = std::string(asked) == "60" ? Duration(60s) : Duration(1h);
    for (const double chance : {0.0, 0.25, 0.5, 0.999}) {
      Scene scene;
      scene.chance = chance;
      scene.send(form(1), a_reply(503, "", {{"Retry-After", asked}}));
      REQUIRE(scene.gates.size() == 1);
      const Duration wait = *scene.gates[0].until - noon;
      CHECK(wait >= obeyed);
      CHECK(wait >= obeyed + obeyed * chance / 4 - 1ms);
      CHECK(wait <= obeyed + obeyed / 4);
      // However long it is, it is not taken for a moment of another clock.
      CHECK(queue::end_of_gate(scene.gates[0], noon, scene.profile) == scene.gates[0].until);
    }
  }
}
