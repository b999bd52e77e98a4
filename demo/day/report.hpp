#pragma once

#include <chrono>
#include <string>

#include "demo/day/proof.hpp"
#include "demo/day/settings.hpp"

namespace lodge::demo {

/// What is told at the end.
struct Report {
  Settings settings{};
  Evidence evidence{};
  Proof proof{};
  std::chrono::milliseconds took{0};
};

/// For people, several lines.
std::string report_text(const Report& report);

/// One JSON object on one line; its members are described in docs/demo.md.
std::string report_json(const Report& report);

}  // namespace lodge::demo
