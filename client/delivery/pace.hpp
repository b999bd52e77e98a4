#pragma once

#include <optional>

#include "lodge/time.hpp"

namespace lodge::client {

/// How many requests may be opened before there is room for them on the wire. Where answers come
/// quickly, opening many in one transaction saves a sync for each; where they come slowly, a form
/// that is not on the wire yet should be one that can still be taken back. So: about as many as
/// will be answered within a few hundredths of a second, and none after a stumble.
///
/// Pure; time is an argument.
class Pace {
 public:
  explicit Pace(int most) : most_(most) {}

  void answered(int count, Time now);
  /// An answer that was not what one hopes for: from here on step by step again.
  void stumbled();

  [[nodiscard]] int ahead() const { return ahead_; }

 private:
  int most_;
  int ahead_ = 0;
  int count_ = 0;
  std::optional<Time> since_{};
};

}  // namespace lodge::client
