#include "client/delivery/path_state.hpp"

#include <algorithm>
#include <chrono>

#include "lodge/retry.hpp"

namespace lodge::client {
namespace {

constexpr int failures_that_count = 2;
constexpr auto one_return_in = std::chrono::seconds(1);

bool is_down(Path path) { return path == Path::offline || path == Path::captive; }

Path by_route(const PathState& state) {
  return state.route == Route::none ? Path::offline : Path::unknown;
}

void hear_route(PathState& state, Route route) {
  const Route before = state.route;
  state.route = route;
  if (state.host != Path::unknown) return;
  if (route == Route::none) {
    state.path = Path::offline;
  } else if (before == Route::none && state.path == Path::offline) {
    state.path = Path::unknown;
  }
}

void hear_host(PathState& state, Path hint) {
  const bool held = state.host != Path::unknown;
  state.host = hint;
  if (hint != Path::unknown) {
    state.path = hint;
  } else if (held && (is_down(state.path) || state.route == Route::none)) {
    state.path = by_route(state);
  }
}

void hear_answer(PathState& state, ServerState server) {
  state.server = server;
  state.unreachable = 0;
  state.path = Path::online;
  if (is_down(state.host)) state.host = Path::unknown;  // it was wrong
}

// Whoever that was, a network is there, and it did not answer as a portal does.
void hear_stranger(PathState& state) {
  state.unreachable = 0;
  if (state.host == Path::offline) state.host = Path::unknown;
  if (is_down(state.path) && state.path != state.host) state.path = Path::unknown;
}

void hear_nothing(PathState& state) {
  state.server = ServerState::unreachable;
  if (++state.unreachable < failures_that_count) return;
  if (state.path == Path::online) state.path = Path::unknown;
  if (state.path == Path::captive && state.host != Path::captive) state.path = Path::unknown;
}

void hear(PathState& state, const Sign& sign, Time now) {
  switch (sign.kind) {
    case Sign::Kind::route:
      return hear_route(state, sign.route);
    case Sign::Kind::host:
      return hear_host(state, sign.host);
    case Sign::Kind::attempt:
      state.last_attempt = now;
      return;
    case Sign::Kind::unreachable:
      return hear_nothing(state);
    case Sign::Kind::intercepted:
      state.unreachable = 0;
      state.path = Path::captive;
      return;
    case Sign::Kind::stranger:
      return hear_stranger(state);
    case Sign::Kind::asked:
      state.last_attempt.reset();
      return;
    case Sign::Kind::busy:
      return hear_answer(state, ServerState::busy);
    case Sign::Kind::answer:
      return hear_answer(state, ServerState::ok);
  }
}

void come_back(PathState& state, Time now, Duration window, double chance) {
  if (state.up_at && now - *state.up_at < one_return_in) return;
  state.up_at = now;
  if (state.not_before && now < *state.not_before)
    return;  // else a flapping link puts it off for ever
  state.not_before = now + queue::spread(window, chance);
}

}  // namespace

bool may_come_back(const PathState& state) {
  return is_down(state.path) || state.route == Route::none;
}

PathState reduce(PathState state, const Sign& sign, Time now, Duration window, double chance) {
  bring_into_reach(state, now, window);
  const Path path = state.path;
  const Route route = state.route;
  hear(state, sign, now);
  const bool is_up = !is_down(state.path);
  const bool other_route = route == Route::none && state.route != Route::none;
  if (is_up && (is_down(path) || other_route)) come_back(state, now, window, chance);
  return state;
}

void bring_into_reach(PathState& state, Time now, Duration window) {
  if (state.not_before) state.not_before = std::min(*state.not_before, now + window);
  if (state.last_attempt) state.last_attempt = std::min(*state.last_attempt, now);
  if (state.up_at && *state.up_at > now) state.up_at.reset();
}

}  // namespace lodge::client
