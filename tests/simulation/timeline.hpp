#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "lodge/clock.hpp"
#include "lodge/time.hpp"

namespace lodge::test {

/// Time as it really passes in a simulated world, and what will happen in it. Never goes back.
class Timeline {
 public:
  [[nodiscard]] Time now() const { return now_; }
  void at(Time time, std::function<void()> happening) {
    happenings_.emplace(std::max(time, now_), std::move(happening));
  }
  void in(Duration wait, std::function<void()> happening) { at(now_ + wait, std::move(happening)); }
  /// When the next thing happens.
  [[nodiscard]] std::optional<Time> next() const {
    if (happenings_.empty()) return std::nullopt;
    return happenings_.begin()->first;
  }
  void pass_to(Time time) { now_ = std::max(now_, time); }
  /// Lets happen what is due, one by one.
  bool happen() {
    if (happenings_.empty() || happenings_.begin()->first > now_) return false;
    const auto happening = std::move(happenings_.begin()->second);
    happenings_.erase(happenings_.begin());
    happening();
    return true;
  }

 private:
  Time now_{std::chrono::days(20'000)};
  std::multimap<Time, std::function<void()>> happenings_{};  // equal times: in order of arrival
};

/// The clock on the wall of a machine: runs with the timeline, and can be set wrongly.
class WallClock final : public Clock {
 public:
  explicit WallClock(const Timeline& timeline) : timeline_(timeline) {}
  [[nodiscard]] Time now() override { return timeline_.now() + offset_; }
  void set(Time time) { offset_ = time - timeline_.now(); }

 private:
  const Timeline& timeline_;
  Duration offset_{0};
};

}  // namespace lodge::test
