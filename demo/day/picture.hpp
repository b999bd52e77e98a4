#pragma once

#include <chrono>
#include <map>
#include <string>

#include "demo/day/progress.hpp"
#include "lodge/status.hpp"

namespace lodge::demo {

/// What there is to see at a moment of the day.
struct Picture {
  int phase = 0;  ///< 1, 2, ...
  int phases = 0;
  std::string name{};   ///< "captive portal"
  std::string words{};  ///< what is going on
  std::string
      link{};  ///< what the script does to the network: "up", "refused", "sign-in page", ...
  Status status{};
  std::map<HoldReason, int> holds{};  ///< of the oldest unsettled forms
  std::chrono::seconds elapsed{0};
};

}  // namespace lodge::demo
