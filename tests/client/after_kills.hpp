#pragma once

#include <chrono>
#include <memory>

#include "client/live_server.hpp"
#include "lodge/clock.hpp"
#include "lodge/options.hpp"
#include "storage/store.hpp"

namespace lodge::test {

/// What a client is opened with that judges what kills have left: half an hour later, when a form
/// that was in the air at three kills in a row goes again (P9). The last kill is noted before, with
/// today's time: a form that it interrupted for the third time waits from that moment on.
inline Options after_kills(Options options) {
  class LaterClock final : public Clock {
   public:
    [[nodiscard]] Time now() override { return wall_now() + std::chrono::minutes(30); }
  };
  storage::Store(storage::StoreOptions{.path = options.store})
      .begin_epoch({.at = wall_now(), .who = "lodge", .why = "the last kill"});
  options.clock = std::make_shared<LaterClock>();
  return options;
}

}  // namespace lodge::test
