#pragma once

#include <chrono>

#include "lodge/clock.hpp"

namespace lodge::client {

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() override {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
  }
};

}  // namespace lodge::client
