#include "queue/schedule/plan.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Plan;
using storage::Gate;
using storage::GateReason;
using storage::GateScope;
using storage::Stream;
using Numbers = std::vector<std::int64_t>;

Stream stream(std::int64_t number, const std::string& collection, const std::string& identity = "",
              const std::string& lane = "normal") {
  Stream result{.number = number, .collection = collection, .identity = identity, .lane = lane};
  result.counts[static_cast<int>(State::pending)] = 1;
  return result;
}

Gate gate(GateScope scope, std::string name, GateReason reason,
          std::optional<Duration> lasts = std::nullopt) {
  Gate result{.scope = scope, .name = std::move(name), .reason = reason, .since = noon};
  if (lasts) result.until = noon + *lasts;
  return result;
}

struct Scenery {
  std::vector<Stream> streams = {stream(1, "availability", "ada"), stream(2, "availability", "bob"),
                                 stream(3, "leave", "ada", "deferred")};
  std::vector<Gate> gates{};
  queue::Network network{.path = Path::online};
  Time now = noon;
  bool eager = false;

  [[nodiscard]] Plan plan() const {
    return queue::plan({streams, gates, network, now, eager}, a_profile());
  }
};

}  // namespace

TEST_CASE("without gates every stream with work goes") {
  Scenery scene;
  scene.streams.push_back(stream(4, "empty"));
  scene.streams.back().counts[static_cast<int>(State::pending)] = 0;
  scene.streams.back().counts[static_cast<int>(State::rejected)] = 5;
  scene.streams.push_back(stream(5, "doubt"));
  scene.streams.back().counts[static_cast<int>(State::pending)] = 0;
  scene.streams.back().counts[static_cast<int>(State::unconfirmed)] = 1;
  CHECK(scene.plan().streams == Numbers{1, 2, 3, 5});
  CHECK(scene.plan().probes.empty());
  CHECK(scene.plan().probe_limit == 0);
  CHECK_FALSE(scene.plan().look_again);
}

TEST_CASE("promise 6: a closed gate stops its own group only") {
  Scenery scene;
  SECTION("a collection") {
    scene.gates = {gate(GateScope::collection, "availability", GateReason::refused, 60s)};
    CHECK(scene.plan().streams == Numbers{3});
    CHECK(scene.plan().look_again == noon + 60s);
  }
  SECTION("an identity") {
    scene.gates = {gate(GateScope::identity, "ada", GateReason::sign_in, 60s)};
    CHECK(scene.plan().streams == Numbers{2});
  }
  SECTION("a lane") {
    scene.gates = {gate(GateScope::lane, "deferred", GateReason::paused)};
    CHECK(scene.plan().streams == Numbers{1, 2});
    CHECK_FALSE(scene.plan().look_again);
  }
  SECTION("the origin") {
    scene.gates = {gate(GateScope::origin, "https://forms.example.org", GateReason::busy, 60s)};
    CHECK(scene.plan().streams.empty());
    CHECK(scene.plan().look_again == noon + 60s);
  }
  SECTION("everything") {
    scene.gates = {gate(GateScope::all, "", GateReason::paused)};
    CHECK(scene.plan().streams.empty());
    CHECK_FALSE(scene.plan().look_again);
  }
}

TEST_CASE("F2: a gate whose time has come lets one probe through", "[F2]") {
  Scenery scene;
  scene.gates = {gate(GateScope::origin, "https://forms.example.org", GateReason::unreachable, 0s)};
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().probes == Numbers{1, 2, 3});
  CHECK(scene.plan().probe_limit == 1);
  scene.gates[0] = gate(GateScope::collection, "leave", GateReason::refused, -5s);
  CHECK(scene.plan().streams == Numbers{1, 2});
  CHECK(scene.plan().probes == Numbers{3});
}

TEST_CASE("of two gates the stricter counts") {
  Scenery scene;
  scene.gates = {gate(GateScope::collection, "leave", GateReason::refused, 0s),
                 gate(GateScope::identity, "ada", GateReason::sign_in, 40s),
                 gate(GateScope::lane, "deferred", GateReason::paused)};
  CHECK(scene.plan().streams == Numbers{2});
  CHECK(scene.plan().probes.empty());
  CHECK(scene.plan().look_again == noon + 40s);
  scene.gates.pop_back();
  scene.gates.push_back(gate(GateScope::collection, "availability", GateReason::busy, 90s));
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().look_again == noon + 40s);  // stream 3; streams 1 and 2 wait for 90 s
}

TEST_CASE("a pause with an end opens fully, one without never ends by itself") {
  Scenery scene;
  scene.gates = {gate(GateScope::all, "", GateReason::paused, 72h)};
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().look_again == noon + 72h);
  scene.now = noon + 72h;
  CHECK(scene.plan().streams == Numbers{1, 2, 3});
  CHECK(scene.plan().probes.empty());
  scene.gates = {gate(GateScope::all, "", GateReason::paused)};
  scene.now = noon + 24h * 3650;
  CHECK(scene.plan().streams.empty());
}

TEST_CASE("N15: while the system says offline one probe an interval goes", "[N15]") {
  Scenery scene;
  for (const Path path : {Path::offline, Path::captive}) {
    scene.network = {.path = path};
    CHECK(scene.plan().probes == Numbers{1, 2, 3});
    CHECK(scene.plan().streams.empty());
    scene.network.last_attempt = noon - 5min;
    CHECK(scene.plan().probes.empty());
    CHECK(scene.plan().look_again == noon + 10min);
    scene.network.last_attempt = noon - 15min;
    CHECK(scene.plan().probes.size() == 3);
  }
}

TEST_CASE("somebody who waits gets a probe offline, but not in a hot loop") {
  Scenery scene;
  scene.network = {.path = Path::offline, .last_attempt = noon - 5s};
  scene.eager = true;
  CHECK(scene.plan().probes.size() == 3);
  scene.network.last_attempt = noon - 1s;
  CHECK(scene.plan().probes.empty());
  CHECK(scene.plan().look_again == noon + 4s);
}

TEST_CASE("N16: without any word of the network the streams go", "[N16]") {
  Scenery scene;
  scene.network.path = Path::unknown;
  CHECK(scene.plan().streams == Numbers{1, 2, 3});
}

TEST_CASE("F1: the first attempts after an outage are spread, unless somebody waits", "[F1]") {
  Scenery scene;
  scene.network.not_before = noon + 3s;
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().look_again == noon + 3s);
  scene.eager = true;
  CHECK(scene.plan().streams == Numbers{1, 2, 3});
  scene.eager = false;
  scene.now = noon + 3s;
  CHECK(scene.plan().streams == Numbers{1, 2, 3});
}

TEST_CASE("being eager does not get past a gate") {
  Scenery scene;
  scene.eager = true;
  scene.gates = {gate(GateScope::origin, "https://forms.example.org", GateReason::busy, 60s)};
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().probes.empty());
}

TEST_CASE("C2: a clock that was set back stalls nothing", "[C2]") {
  Scenery scene;
  scene.gates = {
      gate(GateScope::origin, "https://forms.example.org", GateReason::unreachable, 15min)};
  scene.network.not_before = noon + 4s;
  scene.network.last_attempt = noon;
  for (const Duration back : {Duration(24h), Duration(24h * 365 * 50)}) {
    scene.now = noon - back;
    scene.network.path = Path::online;
    CHECK(scene.plan().probes == Numbers{1, 2, 3});
    scene.network.path = Path::offline;
    CHECK(scene.plan().probes == Numbers{1, 2, 3});
  }
}

TEST_CASE("C1: a clock a year ahead makes no burst past a gate", "[C1]") {
  Scenery scene;
  scene.gates = {gate(GateScope::origin, "https://forms.example.org", GateReason::busy, 60s)};
  scene.now = noon + 24h * 365;
  CHECK(scene.plan().streams.empty());
  CHECK(scene.plan().probe_limit == 1);
}
