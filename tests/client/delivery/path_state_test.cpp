#include "client/delivery/path_state.hpp"

#include <random>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

using lodge::Duration;
using lodge::Path;
using lodge::Route;
using lodge::ServerState;
using lodge::Time;
using lodge::client::PathState;
using lodge::client::Sign;
using namespace std::chrono_literals;

constexpr Duration window = 5s;
const Time start{1'000'000s};

Sign sign(Sign::Kind kind) { return {.kind = kind}; }
Sign route(Route said) { return {.kind = Sign::Kind::route, .route = said}; }
Sign host(Path hint) { return {.kind = Sign::Kind::host, .host = hint}; }

const Sign answer = sign(Sign::Kind::answer);
const Sign busy = sign(Sign::Kind::busy);
const Sign stranger = sign(Sign::Kind::stranger);
const Sign unreachable = sign(Sign::Kind::unreachable);
const Sign intercepted = sign(Sign::Kind::intercepted);
const Sign attempt = sign(Sign::Kind::attempt);

PathState after(std::initializer_list<Sign> signs, PathState state = {}) {
  for (const Sign& each : signs) state = reduce(state, each, start, window, 0.5);
  return state;
}

PathState in(Path path) {
  switch (path) {
    case Path::unknown:
      return after({route(Route::exists)});
    case Path::offline:
      return after({route(Route::none)});
    case Path::captive:
      return after({route(Route::exists), intercepted});
    case Path::online:
      return after({route(Route::exists), answer});
  }
  return {};
}

}  // namespace

TEST_CASE("every path answers every sign as the table says") {
  struct Row {
    const char* name;
    std::vector<Sign> signs;
    Path from_unknown, from_offline, from_captive, from_online;
  };
  const auto u = Path::unknown, off = Path::offline, cap = Path::captive, on = Path::online;
  const std::vector<Row> table{
      {"no route", {route(Route::none)}, off, off, off, off},
      {"a route", {route(Route::exists)}, u, u, cap, on},
      {"a route that cannot be judged", {route(Route::unknown)}, u, u, cap, on},
      {"an attempt", {attempt}, u, off, cap, on},
      {"unreachable once", {unreachable}, u, off, cap, on},
      {"unreachable twice", {unreachable, unreachable}, u, off, u, u},
      {"unreachable, answered, unreachable", {unreachable, answer, unreachable}, on, on, on, on},
      {"an interception", {intercepted}, cap, cap, cap, cap},
      {"an answer of nobody knows whom", {stranger}, u, u, u, on},
      {"the server is busy", {busy}, on, on, on, on},
      {"an answer", {answer}, on, on, on, on},
      {"the host says offline", {host(Path::offline)}, off, off, off, off},
      {"the host says captive", {host(Path::captive)}, cap, cap, cap, cap},
      {"the host says online", {host(Path::online)}, on, on, on, on},
      {"the host never said anything", {host(Path::unknown)}, u, off, cap, on},
      {"the host was wrong", {host(Path::offline), answer}, on, on, on, on},
  };
  for (const Row& row : table) {
    INFO(row.name);
    for (const auto& [from, to] :
         {std::pair(u, row.from_unknown), std::pair(off, row.from_offline),
          std::pair(cap, row.from_captive), std::pair(on, row.from_online)}) {
      INFO("from " << static_cast<int>(from));
      PathState state = in(from);
      REQUIRE(state.path == from);
      for (const Sign& each : row.signs) state = reduce(state, each, start, window, 0.5);
      CHECK(static_cast<int>(state.path) == static_cast<int>(to));
    }
  }
}

TEST_CASE("the server's state is kept apart from the path") {
  CHECK(after({}).server == ServerState::unknown);
  CHECK(after({answer}).server == ServerState::ok);
  CHECK(after({busy}).server == ServerState::busy);
  CHECK(after({busy}).path == Path::online);
  CHECK(after({busy, answer}).server == ServerState::ok);
  CHECK(after({answer, unreachable}).server == ServerState::unreachable);
  CHECK(after({answer, unreachable}).path == Path::online);
  CHECK(after({answer, intercepted}).server == ServerState::ok);
  CHECK(after({answer, route(Route::none)}).server == ServerState::ok);
}

TEST_CASE("a hint of the host outlives strangers, and a word for now ends the wait alone") {
  CHECK(after({host(Path::captive), stranger}).path == Path::captive);
  CHECK(after({host(Path::offline), stranger}).path == Path::unknown);
  const PathState waiting = after({attempt, intercepted});
  REQUIRE(waiting.last_attempt);
  const PathState asked = after({sign(Sign::Kind::asked)}, waiting);
  CHECK_FALSE(asked.last_attempt);
  CHECK(asked.path == Path::captive);
}

TEST_CASE("first attempts after an outage are spread by chance over the window") {
  for (const double chance : {0.0, 0.5, 0.999}) {
    const auto moment = start + Duration(static_cast<int>(5000 * chance));
    for (const Path from : {Path::offline, Path::captive}) {
      CHECK(reduce(in(from), answer, start, window, chance).not_before == moment);
    }
    CHECK(reduce(in(Path::offline), route(Route::exists), start, window, chance).not_before ==
          moment);
    CHECK(reduce(in(Path::offline), host(Path::online), start, window, chance).not_before ==
          moment);
  }
  CHECK_FALSE(reduce(in(Path::unknown), answer, start, window, 0.5).not_before);
  CHECK_FALSE(reduce(in(Path::online), unreachable, start, window, 0.5).not_before);
}

TEST_CASE("the first answer after an outage leaves the spread of the others alone") {
  PathState state = reduce(in(Path::offline), route(Route::exists), start, window, 0.8);
  state = reduce(state, answer, start + 100ms, window, 0.1);
  CHECK(state.path == Path::online);
  CHECK(state.not_before == start + 4s);
}

TEST_CASE("N14: a link that flaps 10 times a second makes one return of many", "[N14]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> chance(0, 1);
  PathState state = in(Path::online);
  int returns = 0;
  int moments = 0;
  Time now = start;
  for (int i = 0; i < 600; ++i) {
    now += 50ms;
    const PathState before = state;
    state =
        reduce(state, route(i % 2 == 0 ? Route::none : Route::exists), now, window, chance(random));
    if (state.up_at != before.up_at) ++returns;
    if (state.not_before == before.not_before) continue;
    ++moments;
    CHECK((!before.not_before || *before.not_before <= now));  // never shortened, nor put off
  }
  CHECK(returns <= 31);
  CHECK(moments <= 31);
  CHECK(moments >= 5);
}

TEST_CASE("N15: an answer overrules the system and the host", "[N15]") {
  CHECK(after({route(Route::none), attempt, answer}).path == Path::online);
  CHECK(after({host(Path::offline), route(Route::none), answer}).path == Path::online);
  // The refuted hint does not come back with the next word of the system.
  CHECK(after({host(Path::offline), answer, route(Route::exists)}).path == Path::online);
  CHECK(after({host(Path::offline), answer, route(Route::none)}).path == Path::offline);
}

TEST_CASE("N15: while offline the plan learns when the last attempt went", "[N15]") {
  PathState state = in(Path::offline);
  CHECK_FALSE(state.network().last_attempt);
  state = reduce(state, attempt, start + 7s, window, 0);
  state = reduce(state, unreachable, start + 8s, window, 0);
  CHECK(state.network().path == Path::offline);
  CHECK(state.network().last_attempt == start + 7s);
}

TEST_CASE("N15: a system that wrongly says online costs the path its name, nothing more", "[N15]") {
  const PathState state = after({route(Route::exists), unreachable, unreachable, unreachable});
  CHECK(state.path == Path::unknown);
  CHECK(state.server == ServerState::unreachable);
}

TEST_CASE("the host's hint outlives those of the system until it is taken back") {
  CHECK(after({host(Path::offline), route(Route::none), route(Route::exists)}).path ==
        Path::offline);
  CHECK(after({host(Path::online), route(Route::none)}).path == Path::online);
  CHECK(after({host(Path::online), route(Route::none), host(Path::unknown)}).path == Path::offline);
  CHECK(after({host(Path::offline), route(Route::none), host(Path::unknown)}).path ==
        Path::offline);
  CHECK(after({host(Path::offline), host(Path::unknown)}).path == Path::unknown);
  CHECK(after({host(Path::captive), unreachable, unreachable}).path == Path::captive);
  CHECK(after({host(Path::online), answer, host(Path::unknown)}).path == Path::online);
}

TEST_CASE("a route that returns counts as a return also under the host's word online") {
  PathState state = after({host(Path::online), route(Route::none)});
  state = reduce(state, route(Route::exists), start + 10s, window, 0.5);
  CHECK(state.up_at == start + 10s);
}

TEST_CASE("a clock set back by an hour holds nothing back for an hour") {
  PathState state = reduce(in(Path::offline), attempt, start, window, 0);
  state = reduce(state, route(Route::exists), start, window, 0.5);
  const Time now = start - 1h;
  bring_into_reach(state, now, window);
  CHECK(state.not_before == now + window);
  CHECK(state.last_attempt == now);
  state = reduce(state, route(Route::none), now + 1s, window, 0.5);
  state = reduce(state, route(Route::exists), now + 2s, window, 0.5);
  CHECK(state.up_at == now + 2s);
}
