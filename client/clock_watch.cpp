#ifdef __linux__

#include "client/clock_watch.hpp"

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

// How long this machine has been suspended since it was started.
std::chrono::nanoseconds time_asleep() {
  const auto awake = read_clock(CLOCK_MONOTONIC);
  return read_clock(CLOCK_BOOTTIME) - awake;
}

}  // namespace

ClockWatch::ClockWatch()
    : timer_(::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK)), asleep_(time_asleep()) {
  arm();
}

void ClockWatch::arm() {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<std::int32_t>::max();
  never.it_value.tv_sec *= 2;  // in 2106
  constexpr int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  if (timer_ && ::timerfd_settime(timer_.get(), flags, &never, nullptr) != 0) timer_.reset();
}

bool ClockWatch::jumped() {
  std::uint64_t count = 0;
  const bool stepped =
      timer_ && (::read(timer_.get(), &count, sizeof count) > 0 || errno == ECANCELED);
  if (stepped) arm();
  const auto before = std::exchange(asleep_, time_asleep());
  return stepped || asleep_ - before > std::chrono::seconds(1);
}

}  // namespace lodge::client

#endif
