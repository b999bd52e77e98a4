#pragma once

#include <atomic>

#include "lodge/clock.hpp"

namespace lodge::testing {

/// A clock that stands still until it is moved. Threads: any.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Time start = Time(std::chrono::days(20'000)))
      : now_(start.time_since_epoch()) {}
  [[nodiscard]] Time now() override { return Time(now_.load()); }
  void advance(Duration by) { now_ = now_.load() + by; }
  void set(Time time) { now_ = time.time_since_epoch(); }

 private:
  std::atomic<Duration> now_;
};

}  // namespace lodge::testing
