#include "queue/schedule/gates.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

// How long the gates of refusals keep others back: what one form meets is not held against them.
namespace {

using namespace lodge;
using namespace lodge::test;
using storage::Due;
using storage::Gate;

Due form(int number) {
  Due due = a_create();
  due.submission.number = number;
  due.submission.record.key = "person" + std::to_string(number);
  return due;
}

// The form goes again whenever it may, and meets the same each time. The longest wait of its gate.
Duration longest_hold_of_others(Scene& scene, Due due, const Reply& reply, int times) {
  Duration longest{};
  for (int i = 0; i < times; ++i) {
    const auto row = scene.send(due, reply).settled;
    CHECK(row.state == State::pending);
    CHECK(row.tries == i + 1);
    REQUIRE(scene.gates.size() == 1);
    longest = std::max(longest, *scene.gates[0].until - scene.now);
    scene.now = std::max(row.due_at, *scene.gates[0].until);
    due = next_due(due, row);
  }
  return longest;
}

}  // namespace

TEST_CASE("one form that is refused all night holds the others for the first short wait only") {
  for (const Reply& reply : {a_reply(404), a_reply(405), a_reply(414), a_reply(431), a_reply(402),
                             a_page(403), a_reply(503)}) {
    CAPTURE(reply.status);
    Scene scene;
    scene.chance = 0.999;
    CHECK(longest_hold_of_others(scene, form(1), reply, 100) <= 2s);
    // It is asked after ever more seldom itself.
    CHECK(scene.now > noon + 20h);
  }
}

TEST_CASE("two forms that are refused all night hold the others for two tries' wait at most") {
  Scene scene;
  scene.chance = 0.999;
  for (int i = 0; i < 100; ++i) {
    scene.send(form(1 + i % 2), a_reply(414));
    CHECK(*scene.gates[0].until <= scene.now + 4s);
    scene.now = *scene.gates[0].until;
  }
}

TEST_CASE("F3: a collection that refuses everybody is asked ever more seldom", "[F3]") {
  Scene scene;
  scene.chance = 0.999;
  for (int i = 1; i <= 100; ++i) {
    scene.send(form(i), a_reply(405));
    const Gate& gate = scene.gates.at(0);
    CHECK(*gate.until > scene.now);
    CHECK(*gate.until <= scene.now + 15min);
    if (i >= 10) CHECK(*gate.until > scene.now + 14min);
    // What was under way meanwhile counts for nothing.
    const Time until = *gate.until;
    scene.send(form(1000 + i), a_reply(405));
    CHECK(scene.gates.at(0).until == until);
    scene.now = until;
  }
  CHECK(scene.refusals.held.size() == 16);
  SECTION("a gate that was known before a restart does not become shorter") {
    scene.refusals = {};
    scene.send(form(1), a_reply(405));
    CHECK(*scene.gates.at(0).until > scene.now + 14min);
  }
  SECTION("once it was opened, by a success or by a word, the count begins anew") {
    scene.gates.clear();
    scene.send(form(1), a_reply(405));
    CHECK(*scene.gates.at(0).until <= scene.now + 2s);
  }
}

TEST_CASE("N10: a 503 that a second form meets is the server's, which is left alone as before",
          "[N10]") {
  Scene scene;
  scene.chance = 0.999;
  scene.send(form(1), a_reply(503));
  CHECK(*scene.gates.at(0).until <= noon + 2s);
  SECTION("without Retry-After: ever longer, whoever asks, and it costs no form a try") {
    for (int i = 2; i <= 30; ++i) {
      scene.now = *scene.gates.at(0).until;
      const auto row = scene.send(form(1 + i % 2), a_reply(503)).settled;
      CHECK(row.tries == (i == 2 ? 1 : 0));
      CHECK(row.due_at <= scene.now + 2s);
    }
    CHECK(*scene.gates.at(0).until > scene.now + 14min);
    scene.failures = {};
    scene.now = *scene.gates.at(0).until;
    CHECK(scene.send(form(9), a_reply(503)).settled.tries == 0);
    CHECK(*scene.gates.at(0).until > scene.now + 14min);
  }
  SECTION("with Retry-After: as long as it says") {
    scene.now = *scene.gates.at(0).until;
    CHECK(scene.send(form(1), a_reply(503, "", {{"Retry-After", "600"}})).settled.tries == 0);
    CHECK(*scene.gates.at(0).until >= scene.now + 10min);
  }
  SECTION("one that was cut off is silence, and no word of the origin's") {
    Reply cut = a_reply(503);
    cut.error = TransportError::cut;
    scene.gates.clear();
    CHECK(scene.send(form(1), cut).settled.tries == 1);
    CHECK(scene.gates.empty());
  }
  SECTION("what was under way counts for nothing, and costs nothing") {
    const Time until = *scene.gates.at(0).until;
    CHECK(scene.send(form(2), a_reply(503)).settled.tries == 0);
    CHECK(scene.gates.at(0).until == until);
  }
}
