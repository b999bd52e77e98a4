#include "lodge/hold.hpp"

#include <set>
#include <string>
#include <vector>

#include "queue/schedule/plan.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using storage::Gate;
using storage::GateReason;
using storage::GateScope;

struct Scenery {
  Submission submission = a_create().submission;
  std::optional<Submission> ahead{};
  std::vector<Gate> gates{};
  queue::Network network{.path = Path::online};
  Time now = noon;

  [[nodiscard]] Hold hold() const {
    return queue::hold_of(submission, ahead, gates, network, now, a_profile());
  }
};

Gate gate(GateScope scope, std::string name, GateReason reason,
          std::optional<Duration> lasts = std::nullopt) {
  Gate result{.scope = scope, .name = std::move(name), .reason = reason, .since = noon};
  if (lasts) result.until = noon + *lasts;
  return result;
}

const std::string origin = "https://forms.example.org";

// Everything that can hold a form, the foremost last.
Scenery everything() {
  Scenery scene;
  scene.gates = {gate(GateScope::collection, "availability", GateReason::refused, 60s),
                 gate(GateScope::origin, origin, GateReason::busy, 60s),
                 gate(GateScope::origin, origin, GateReason::unreachable, 60s),
                 gate(GateScope::origin, origin, GateReason::intercepted, 60s),
                 gate(GateScope::identity, "ada", GateReason::sign_in, 60s),
                 gate(GateScope::collection, "availability", GateReason::paused),
                 gate(GateScope::lane, "normal", GateReason::paused),
                 gate(GateScope::all, "", GateReason::paused)};
  scene.network = {.path = Path::offline, .last_attempt = noon - 1min};
  scene.submission.next_try_at = noon + 30s;
  scene.ahead = an_update().submission;
  return scene;
}

void drop(Scenery& scene) { scene.gates.pop_back(); }

bool ends(const Hold& hold) { return hold.until.has_value() || !hold.act.empty(); }

}  // namespace

TEST_CASE("of everything that holds a form the foremost is said") {
  Scenery scene = everything();
  scene.submission.state = State::delivered;
  CHECK(scene.hold().reason == HoldReason::settled);
  scene.submission.state = State::rejected;
  CHECK(scene.hold().reason == HoldReason::was_rejected);
  scene.submission.state = State::conflicted;
  CHECK(scene.hold().reason == HoldReason::needs_decision);
  scene.submission.state = State::unconfirmed;
  CHECK(scene.hold().reason == HoldReason::behind);
  scene.ahead.reset();
  for (int paused = 0; paused < 3; ++paused) {
    CHECK(scene.hold().reason == HoldReason::paused);
    CHECK(scene.hold().act == "resume");
    drop(scene);
  }
  CHECK(scene.hold().reason == HoldReason::sign_in);
  drop(scene);
  CHECK(scene.hold().reason == HoldReason::offline);
  scene.network.path = Path::captive;
  CHECK(scene.hold().reason == HoldReason::intercepted);
  scene.network.path = Path::online;
  CHECK(scene.hold().reason == HoldReason::intercepted);
  drop(scene);
  CHECK(scene.hold().reason == HoldReason::unreachable);
  drop(scene);
  CHECK(scene.hold().reason == HoldReason::busy);
  drop(scene);
  CHECK(scene.hold().reason == HoldReason::refused);
  drop(scene);
  CHECK(scene.hold().reason == HoldReason::backing_off);
  CHECK(scene.hold().until == noon + 30s);
  scene.submission.next_try_at.reset();
  CHECK(scene.hold().reason == HoldReason::none);
}

TEST_CASE("promise 8: every hold ends by a time within 15 minutes or by an act that it names") {
  for (const GateReason reason : {GateReason::paused, GateReason::intercepted, GateReason::sign_in,
                                  GateReason::busy, GateReason::unreachable, GateReason::refused}) {
    for (const Duration lasts : {Duration(-1h), Duration(0), Duration(10min), Duration(48h)}) {
      Scenery scene;
      scene.gates = {gate(GateScope::origin, origin, reason, lasts)};
      const bool over = reason == GateReason::paused && lasts <= 0s;
      CHECK(ends(scene.hold()) == !over);
      if (reason != GateReason::paused) {
        REQUIRE(scene.hold().until);
        CHECK(*scene.hold().until >= noon);
        CHECK(*scene.hold().until <= noon + 15min);
      }
      CHECK_FALSE(scene.hold().words.empty());
    }
  }
  for (const Path path : {Path::offline, Path::captive}) {
    Scenery scene;
    scene.network = {.path = path, .last_attempt = noon};
    CHECK(scene.hold().until == noon + 15min);
  }
}

TEST_CASE("promise 7: what waits for a person says for what") {
  Scenery scene;
  scene.submission.state = State::conflicted;
  scene.submission.problem = "Both sides changed the same members.";
  CHECK(scene.hold().act == "resolve");
  CHECK(scene.hold().words.find(scene.submission.problem) != std::string::npos);
  scene.submission.state = State::rejected;
  CHECK(scene.hold().act == "amend");
}

TEST_CASE("who waits behind another is told what ends that one's hold") {
  Scenery scene;
  scene.ahead = an_update().submission;
  scene.ahead->id.bytes[0] = 9;
  CHECK(scene.hold().behind == scene.ahead->id);
  CHECK(ends(scene.hold()));
  scene.ahead->state = State::conflicted;
  CHECK(scene.hold().act == "resolve");
  scene.ahead->state = State::rejected;
  CHECK(scene.hold().act == "amend");
  scene.ahead->state = State::pending;
  scene.ahead->identity = "bob";
  scene.gates = {gate(GateScope::identity, "bob", GateReason::sign_in, 10min)};
  CHECK(scene.hold().until == noon + 10min);
  CHECK(scene.hold().act == "resume");
  CHECK(scene.hold().words.find("bob") != std::string::npos);
}

TEST_CASE("a hold of the group ends for a form when its own back-off does, if that is later") {
  Scenery scene;
  scene.gates = {gate(GateScope::collection, "availability", GateReason::refused, 2s)};
  CHECK(scene.hold().until == noon + 2s);
  scene.submission.next_try_at = noon + 10min;
  CHECK(scene.hold().reason == HoldReason::refused);
  CHECK(scene.hold().until == noon + 10min);
  scene.submission.next_try_at = noon + 24h;
  CHECK(scene.hold().until == noon + 2s);
}

TEST_CASE("whatever resume ends is said to end by it") {
  for (const GateReason reason : {GateReason::paused, GateReason::intercepted, GateReason::sign_in,
                                  GateReason::busy, GateReason::unreachable, GateReason::refused}) {
    Scenery scene;
    scene.gates = {gate(GateScope::origin, origin, reason, 10min)};
    CHECK(scene.hold().act == "resume");
  }
  for (const Path path : {Path::offline, Path::captive}) {
    Scenery scene;
    scene.network = {.path = path, .last_attempt = noon};
    CHECK(scene.hold().act == "resume");
  }
  Scenery scene;
  scene.submission.next_try_at = noon + 30s;
  CHECK(scene.hold().act == "resume");
  scene.network.not_before = noon + 2s;  // a moment, which no call shortens
  CHECK(scene.hold().act.empty());
}

TEST_CASE("what is final says why it is not to be sent any more") {
  Scenery scene;
  scene.submission.state = State::replaced;
  scene.submission.replaced_by = an_update().submission.id;
  CHECK(scene.hold().words.find(scene.submission.replaced_by->text()) != std::string::npos);
  scene.submission.state = State::withdrawn;
  CHECK(scene.hold().words == "It was taken back.");
  scene.submission.state = State::delivered;
  CHECK(scene.hold().words == "The server has it.");
}

TEST_CASE("S11: another identity's sign-in does not hold this one's forms", "[S11]") {
  Scenery scene;
  scene.gates = {gate(GateScope::identity, "bob", GateReason::sign_in, 10min)};
  CHECK(scene.hold().reason == HoldReason::none);
}

TEST_CASE("C2: a next try far in the future is due", "[C2]") {
  Scenery scene;
  scene.submission.next_try_at = noon + 24h;
  CHECK(scene.hold().reason == HoldReason::none);
}

TEST_CASE("a pause that is over, and a spread that has passed, hold nothing") {
  Scenery scene;
  scene.gates = {gate(GateScope::all, "", GateReason::paused, 0s)};
  scene.network.not_before = noon;
  CHECK(scene.hold().reason == HoldReason::none);
  scene.network.not_before = noon + 2s;
  CHECK(scene.hold().until == noon + 2s);
}

TEST_CASE("paths and holds have names of their own") {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(HoldReason::settled); ++i) {
    names.emplace(lodge::name(static_cast<HoldReason>(i)));
  }
  CHECK(names.size() == 15);
  CHECK(lodge::name(Path::captive) == "captive");
  CHECK(lodge::name(Path::unknown) == "unknown");
}
