#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace lodge::client {

/// How long a burst of network messages is gathered before it counts as one change.
struct SettleTimes {
  std::chrono::milliseconds quiet{2};  ///< after the last message; sooner, the first packet is lost
  std::chrono::milliseconds at_most{50};  ///< after the first message, however many follow
};

/// Makes one change of a burst of messages. Pure: time is an argument.
class ChangeMerger {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit ChangeMerger(SettleTimes times) : times_(times) {}

  void note(SteadyTime now) {
    if (!pending_) first_ = now;
    pending_ = true;
    last_ = now;
  }

  /// When the change is to be told; empty without one.
  [[nodiscard]] std::optional<SteadyTime> due() const {
    if (!pending_) return std::nullopt;
    return std::min(last_ + times_.quiet, first_ + times_.at_most);
  }

  /// True once per burst, when it is due.
  bool take(SteadyTime now) {
    const auto when = due();
    if (!when || now < *when) return false;
    pending_ = false;
    return true;
  }

 private:
  SettleTimes times_;
  bool pending_ = false;
  SteadyTime first_{};
  SteadyTime last_{};
};

}  // namespace lodge::client
