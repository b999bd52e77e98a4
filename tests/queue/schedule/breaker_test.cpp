#include "queue/schedule/breaker.hpp"

#include <string>

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
