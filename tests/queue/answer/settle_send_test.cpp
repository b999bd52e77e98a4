#include <limits>
#include <string>

#include "queue/answer/settle.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Settlement;
using storage::Due;
using storage::Gate;
using storage::GateReason;
using storage::GateScope;
using storage::RecordLearned;

Reply lost() {
  Reply reply;
  reply.error = TransportError::timeout;
  reply.departures = 1;
  reply.detail = "28: too slow";
  return reply;
}

Reply unreachable() {
  Reply reply;
  reply.error = TransportError::connect;
  return reply;
}

Reply proven(int status = 201) { return a_reply(status, "", {{"ETag", "\"v2\""}}); }

const Gate* gate(const Scene& scene, GateReason reason) {
  for (const Gate& it : scene.gates) {
    if (it.reason == reason) return &it;
  }
  return nullptr;
}

Gate a_gate(GateScope scope, std::string name, GateReason reason, Duration lasts = 0s) {
  return {.scope = scope,
          .name = std::move(name),
          .reason = reason,
          .since = noon - 1h,
          .until = noon + lasts,
          .tries = 3};
}

const std::string origin = "https://forms.example.org";

}  // namespace

TEST_CASE("a proven put is delivered, with its receipt and the record's new state") {
  Scene scene;
  const auto row = scene.send(an_update(), proven(204)).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.evidence == "204 with ETag");
  CHECK(row.action == "delivered");
  CHECK(row.submission == 7);
  CHECK(row.attempt == 11);
  CHECK(row.outcome == "done");
  CHECK(row.status == 204);
  CHECK_FALSE(row.in_doubt);
  REQUIRE(row.record);
  CHECK(row.record->presence == Presence::present);
  CHECK(row.record->version == Version{"\"v2\""});
  CHECK(row.record->text == RecordLearned::Text::of_request);
}

TEST_CASE("a removal is delivered by 204 and by 404") {
  Scene scene;
  const auto row = scene.send(a_removal(), a_reply(204)).settled;
  CHECK(row.state == State::delivered);
  CHECK(row.evidence == "204 to the removal");
  CHECK(row.record->presence == Presence::absent);
  CHECK_FALSE(row.record->version);
  CHECK(row.record->text == RecordLearned::Text::none);
  CHECK(scene.send(a_removal(), a_reply(404)).settled.state == State::delivered);
}

TEST_CASE("N1: a lost reply leaves the form unconfirmed, with the same request to repeat", "[N1]") {
  Scene scene;
  Due due = a_create();
  auto row = scene.send(due, lost()).settled;
  CHECK(row.state == State::unconfirmed);
  CHECK(row.in_doubt);
  CHECK(row.step == Step::send);
  CHECK(row.tries == 1);
  CHECK(row.action == "unconfirmed");
  CHECK_FALSE(row.request);
  CHECK(row.detail == "timeout: 28: too slow");
  CHECK(row.due_at > noon);
  due = next_due(due, row);
  row = scene.send(due, lost()).settled;
  CHECK(row.state == State::unconfirmed);
  CHECK(row.action.empty());
  CHECK(row.tries == 2);
}

TEST_CASE("once in doubt a form stays so through answers that prove nothing") {
  Scene scene;
  Due due = a_create();
  due.in_doubt = true;
  for (const int status : {401, 404, 423, 429, 503, 507}) {
    CAPTURE(status);
    CHECK(scene.send(due, a_reply(status)).settled.state == State::unconfirmed);
  }
}

TEST_CASE("F2: an unreachable server costs no form a try, and is probed ever more rarely", "[F2]") {
  Scene scene;
  Due due = a_create();
  due.submission.tries = 2;
  for (int probe = 1; probe <= 20; ++probe) {
    const auto row = scene.send(due, unreachable()).settled;
    CHECK(row.state == State::pending);
    CHECK(row.tries == 2);
    CHECK(row.due_at == scene.now);
    CHECK(row.action.empty());
    const Gate* closed = gate(scene, GateReason::unreachable);
    REQUIRE(closed != nullptr);
    CHECK(closed->tries == probe);
    CHECK(closed->since == noon);
    CHECK(closed->name == origin);
    CHECK(*closed->until > scene.now);
    CHECK(*closed->until <= scene.now + 15min);
    scene.now = *closed->until;
  }
  CHECK(scene.now > noon + 1h);
}

TEST_CASE("attempts that were under way when a gate closed do not make it wait longer") {
  Scene scene;
  scene.send(a_create(), unreachable());
  const Gate first = *gate(scene, GateReason::unreachable);
  scene.send(a_create(), unreachable());
  CHECK(gate(scene, GateReason::unreachable)->tries == 1);
  CHECK(gate(scene, GateReason::unreachable)->until == first.until);
}

TEST_CASE("any answer of the server opens the gates that said it does not answer") {
  Scene scene;
  const auto close_all = [&] {
    scene.gates = {a_gate(GateScope::origin, origin, GateReason::unreachable),
                   a_gate(GateScope::origin, origin, GateReason::intercepted),
                   a_gate(GateScope::origin, origin, GateReason::busy),
                   a_gate(GateScope::all, "", GateReason::paused)};
  };
  close_all();
  scene.send(an_update(), a_reply(412));
  CHECK(scene.gates.size() == 1);
  close_all();
  CHECK(scene.send(an_update(), a_reply(503)).gates.size() == 3);  // each gate is named once
  CHECK(gate(scene, GateReason::busy) != nullptr);
  CHECK(gate(scene, GateReason::unreachable) == nullptr);
  close_all();
  scene.send(an_update(), a_page(403));
  CHECK(scene.gates.size() == 4);
  scene.send(an_update(), lost());
  CHECK(scene.gates.size() == 4);
}

TEST_CASE("a success opens the gates of its own collection and identity only") {
  Scene scene;
  scene.gates = {a_gate(GateScope::collection, "availability", GateReason::refused),
                 a_gate(GateScope::collection, "leave", GateReason::refused),
                 a_gate(GateScope::identity, "ada", GateReason::sign_in),
                 a_gate(GateScope::identity, "bob", GateReason::sign_in)};
  scene.send(an_update(), proven());
  REQUIRE(scene.gates.size() == 2);
  CHECK(scene.gates[0].name == "leave");
  CHECK(scene.gates[1].name == "bob");
}

TEST_CASE("N10: a busy origin is left alone as long as it asks, an hour at most", "[N10]") {
  for (const char* wait : {"120", "315360000"}) {
    Scene scene;
    const auto row = scene.send(an_update(), a_reply(429, "", {{"Retry-After", wait}})).settled;
    CHECK(row.tries == 0);
    CHECK(row.due_at == noon);
    const Gate* busy = gate(scene, GateReason::busy);
    REQUIRE(busy != nullptr);
    CHECK(*busy->until >= noon + (std::string(wait) == "120" ? 120s : 3600s));
    CHECK(*busy->until <= noon + 75min);  // spread by a quarter
  }
}

TEST_CASE("N9: refused credentials hold their identity only and cost no try", "[N9][S11]") {
  Scene scene;
  const auto row = scene.send(an_update(), a_reply(401)).settled;
  CHECK(row.tries == 0);
  CHECK(row.state == State::pending);
  REQUIRE(scene.gates.size() == 1);
  CHECK(scene.gates[0].scope == GateScope::identity);
  CHECK(scene.gates[0].name == "ada");
  CHECK(scene.gates[0].until == noon + 15min);
}

TEST_CASE("N9: who may not do this is refused alone, and their other forms go", "[N9]") {
  Scene scene;
  const Reply no_scope =
      a_reply(403, R"({"title":"Not allowed"})",
              {{"Content-Type", "application/problem+json"},
               {"WWW-Authenticate", "Bearer realm=\"forms\", error=\"insufficient_scope\""}});
  const auto row = scene.send(an_update(), no_scope).settled;
  CHECK(row.state == State::rejected);
  CHECK(row.problem == "Not allowed");
  CHECK(scene.gates.empty());
}

TEST_CASE("N3: a portal uses up no try", "[N3]") {
  Scene scene;
  const Reply reply = unverified(a_reply(302, "", {{"Location", "http://portal.example/"}}));
  const auto row = scene.send(a_create(), reply).settled;
  CHECK(row.tries == 0);
  CHECK(row.state == State::pending);
  CHECK(row.due_at == noon);
  CHECK(gate(scene, GateReason::intercepted) != nullptr);
}

TEST_CASE("a page over a verified connection makes its own form step back, so others are probes") {
  Scene scene;
  const auto row = scene.send(a_create(), a_page(413)).settled;
  CHECK(row.state == State::pending);
  CHECK(row.due_at > noon);
  CHECK(gate(scene, GateReason::intercepted) != nullptr);
}

TEST_CASE("a refusal is final for its form, with the server's words") {
  Scene scene;
  const auto row = scene
                       .send(an_update(), a_reply(422, R"({"title":"Bad day"})",
                                                  {{"Content-Type", "application/json"}}))
                       .settled;
  CHECK(row.state == State::rejected);
  CHECK(row.problem == "Bad day");
  CHECK(row.problem_status == 422);
  CHECK(row.action == "rejected");
  CHECK(row.why == "Bad day");
  CHECK(scene.gates.empty());
}

TEST_CASE("a refusal in doubt is checked first") {
  Scene scene;
  Due due = an_update();
  due.in_doubt = true;
  const auto row = scene.send(due, a_reply(400)).settled;
  CHECK(row.state == State::unconfirmed);
  CHECK(row.step == Step::check);
  CHECK(row.problem_status == 400);
  queue::Meaning refusal;
  refusal.outcome = queue::Outcome::reject;
  CHECK(queue::settle_send(due, 1, refusal, scene.circumstances()).settled.step == Step::check);
}

TEST_CASE("N7: 412 is checked at once", "[N7]") {
  Scene scene;
  const auto row = scene.send(an_update(), a_reply(412)).settled;
  CHECK(row.step == Step::check);
  CHECK(row.state == State::unconfirmed);
  CHECK(row.due_at == noon);
  CHECK(row.problem_status == 412);
}

TEST_CASE("a 2xx without a version is remembered while it is checked") {
  Scene scene;
  const auto row = scene.send(an_update(), a_reply(201)).settled;
  CHECK(row.step == Step::check);
  CHECK(row.accepted);
  CHECK(row.in_doubt);
  CHECK(row.problem_status == 201);
  CHECK(row.due_at == noon);
  CHECK_FALSE(scene.send(an_update(), unverified(a_reply(201))).settled.accepted);
}

TEST_CASE("202 is looked at when the server says") {
  Scene scene;
  const auto row = scene.send(an_update(), a_reply(202, "", {{"Retry-After", "40"}})).settled;
  CHECK(row.step == Step::check);
  CHECK(row.due_at == noon + 40s);
  CHECK_FALSE(row.accepted);
}

TEST_CASE("N11: 500 is tried for ever, from the eighth on every fifteen minutes", "[N11]") {
  Scene scene;
  Due due = a_create();
  for (int answer = 1; answer <= 100; ++answer) {
    const auto row = scene.send(due, a_reply(500)).settled;
    REQUIRE(row.state == State::unconfirmed);
    CHECK(row.tries == answer);
    CHECK(row.due_at > scene.now);
    if (answer >= 8) CHECK(row.due_at == scene.now + 15min);
    CHECK(row.step == (answer == 1 ? Step::send : Step::check));
    CHECK(scene.gates.empty());
    scene.now = row.due_at;
    due = next_due(due, row);
    if (row.step != Step::check) continue;
    const auto checked = scene.check(due, {.ours = "{}"}, a_reply(404)).settled;
    CHECK(checked.state == State::pending);
    CHECK(checked.step == Step::send);
    CHECK(checked.action == "checked");
    CHECK(checked.tries == answer);
    due = next_due(due, checked);
    due.in_doubt = answer > 0;  // as after a lost reply in between
  }
}

TEST_CASE("C6: any number of tries is safe, and the wait stays capped", "[C6]") {
  Scene scene;
  scene.now = Time(std::chrono::sys_days(std::chrono::year(2106) / 2 / 7));
  Due due = a_create();
  for (const int tries : {10'000, std::numeric_limits<int>::max(), -5}) {
    due.submission.tries = tries;
    const auto row = scene.send(due, lost()).settled;
    CHECK(row.tries >= 1);
    CHECK(row.due_at > scene.now);
    CHECK(row.due_at <= scene.now + 15min);
  }
}

TEST_CASE("slow matters wait long, a Retry-After longer still") {
  Scene scene;
  scene.chance = 0;
  CHECK(scene.send(a_create(), a_reply(423)).settled.due_at >= noon + 7min);
  CHECK(scene.send(a_create(), a_reply(507)).settled.due_at >= noon + 7min);
  const Reply asked = a_reply(413, "", {{"Retry-After", "3000"}});
  CHECK(scene.send(a_create(), asked).settled.due_at >= noon + 50min);
}

TEST_CASE("N5: a key in progress is repeated in doubt, without a check", "[N5]") {
  Scene scene;
  const Reply reply = a_reply(409, R"({"type":"urn:idempotency-key-in-progress"})",
                              {{"Content-Type", "application/problem+json"}});
  const auto row = scene.send(an_update(), reply).settled;
  CHECK(row.step == Step::send);
  CHECK(row.state == State::unconfirmed);
  CHECK(row.due_at > noon);
}

TEST_CASE("404 to a create holds the collection and makes the form step back") {
  Scene scene;
  const auto row = scene.send(a_create(), a_reply(404)).settled;
  CHECK(row.state == State::pending);
  CHECK(row.due_at > noon);
  const Gate* closed = gate(scene, GateReason::refused);
  REQUIRE(closed != nullptr);
  CHECK(closed->scope == GateScope::collection);
  CHECK(closed->name == "availability");
  CHECK_FALSE(closed->words.empty());
}

TEST_CASE("every settlement that keeps a form has a time within the hour and an honest state") {
  for (int status = 100; status < 600; ++status) {
    for (const Due& made : {a_create(), an_update(), a_removal()}) {
      for (const bool doubt : {false, true}) {
        for (const Reply& reply : {a_reply(status), a_page(status), unverified(a_reply(status))}) {
          CAPTURE(status, doubt);
          Scene scene;
          Due due = made;
          due.in_doubt = doubt;
          const auto row = scene.send(due, reply).settled;
          CHECK((row.state == State::pending) ==
                (row.state != State::delivered && row.state != State::rejected && !row.in_doubt));
          CHECK(row.state != State::conflicted);
          CHECK(row.due_at <= noon + 1h);
          CHECK((row.state == State::delivered) == !row.evidence.empty());
          CHECK((doubt && row.state == State::rejected) == false);
          for (const Gate& closed : scene.gates) {
            CHECK(*closed.until <= noon + 1h);
            CHECK_FALSE(closed.words.empty());
          }
        }
      }
    }
  }
}
