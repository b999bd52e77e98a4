#pragma once

#include "queue/exhaustive/world.hpp"

namespace lodge::test {

enum class EventKind : std::uint8_t {
  submits,    ///< the next of the three forms
  sends,      ///< the flusher sends row `at`
  arrives,    ///< flight `at` reaches the server; its answer is on its way
  replies,    ///< flight `at` ends with `end`
  take_over,  ///< the other flusher, with a new epoch; the old one is killed or only slow
  edits,      ///< somebody else changes record `at`
  forgets,    ///< the server forgets its keys
  withdraws,  ///< row `at`; accepted where the server may have it
  resolves,   ///< row `at`; `end` 0: ours, 1: theirs
  retries,    ///< row `at`, which was rejected
  waits,      ///< until something may happen by itself
};

enum class End : std::uint8_t {
  honest,
  untagged,      ///< honest, but for the ETag
  never_left,    ///< no connection
  lost,          ///< too slow; whether it arrived is decided by `arrives`
  conflict_409,  ///< of the version
  failed_500,    ///< as lost
  busy_503,      ///< by something in between
  reused_422,
  portal,
  refused_400,
  wants_401,
};

struct Event {
  EventKind kind = EventKind::waits;
  int at = 0;
  int end = 0;
};

std::string text_of(const Event& event);

struct Play {
  Scenario scenario{};
  queue::Profile profile{};
};

/// What may happen next.
std::vector<Event> events_of(const World& world, const Play& play);
void apply(World& world, const Event& event, const Play& play);

/// Everything heals: the network, the server, the people. Empty when the outbox is empty within the
/// bound, else what stayed.
std::string stuck(World world, const Play& play);

}  // namespace lodge::test
