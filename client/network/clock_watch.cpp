#ifdef __linux__

#include "client/network/clock_watch.hpp"

#include <sys/timerfd.h>
#include <time.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>

namespace lodge::client {

namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

std::chrono::nanoseconds ClockWatch::time_asleep() {
  const auto awake = read_clock(CLOCK_MONOTONIC);
  return read_clock(CLOCK_BOOTTIME) - awake;
}

ClockWatch::ClockWatch(AsleepClock asleep)
    : asleep_clock_(std::move(asleep)),
      timer_(::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK)),
      asleep_(asleep_clock_()) {
  if (timer_ && !arm()) timer_.reset();
}

// The latest time there is: no clock, however wrong, is past it, or the timer would be due for
// ever.
bool ClockWatch::arm() {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<time_t>::max();
  constexpr int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  return ::timerfd_settime(timer_.get(), flags, &never, nullptr) == 0;
}

bool ClockWatch::jumped() {
  std::uint64_t count = 0;
  const bool stepped =
      timer_ && ::read(timer_.get(), &count, sizeof count) < 0 && errno == ECANCELED;
  if (stepped) arm();  // if that fails the timer is silent; its descriptor is being polled
  const auto before = std::exchange(asleep_, asleep_clock_());
  return stepped || asleep_ - before > std::chrono::seconds(1);
}

}  // namespace lodge::client

#endif
