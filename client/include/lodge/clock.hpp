#pragma once

#include "lodge/time.hpp"

namespace lodge {

/// Tells the civil time. Waiting is not a clock's business: a client with threads waits on the
/// system's steady clock, one without (Options::threads = false) is driven by Client::step.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  /// Called from any thread.
  [[nodiscard]] virtual Time now() = 0;
};

}  // namespace lodge
