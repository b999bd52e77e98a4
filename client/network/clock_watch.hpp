#pragma once

#ifdef __linux__

#include <chrono>
#include <functional>

#include "client/process/unique_fd.hpp"

namespace lodge::client {

/// Notices that the wall clock was set or that the machine was asleep, without ever waking up for
/// it: a timer that the kernel cancels when the clock is set (timerfd_settime(2)), on resume too
/// since Linux 5.14; before that a resume is seen at the next look.
class ClockWatch {
 public:
  using AsleepClock = std::function<std::chrono::nanoseconds()>;

  /// How long this machine has been suspended since it was started.
  static std::chrono::nanoseconds time_asleep();

  explicit ClockWatch(AsleepClock asleep = time_asleep);

  /// To be polled; -1 where the kernel has no such timer.
  [[nodiscard]] int fd() const { return timer_.get(); }

  /// True once after each step or sleep.
  bool jumped();

 private:
  bool arm();

  const AsleepClock asleep_clock_;
  UniqueFd timer_;
  std::chrono::nanoseconds asleep_;
};

}  // namespace lodge::client

#endif
