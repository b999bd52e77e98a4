#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lodge/conflict.hpp"
#include "lodge/record.hpp"
#include "lodge/time.hpp"

namespace lodge::test {

/// How the server is reached, which decides whose answer can be believed.
enum class Road { https, loopback, plain };

/// What a seed draws before its day begins.
struct Settings {
  std::uint64_t seed = 0;
  Road road = Road::https;
  int processes = 1;
  std::vector<RecordId> records{};
  std::vector<std::string> identities{};
  std::vector<std::string> lanes{};
  ConflictPolicy reports_policy = ConflictPolicy::ask;  ///< of "reports"; "visits" always ask
  Duration day{};                                       ///< how long things go wrong
  Duration between_acts{};                              ///< of people, in the mean
  Duration between_disasters{};
  Duration between_foreign{};
  int bad_requests = 0;         ///< percent that are not simply answered
  bool breaks_machine = false;  ///< disks fail, processes die
  bool breaks_clock = false;
  std::optional<Duration> key_lifetime{};
  int in_flight = 16;
  Duration spread{};
};

Settings draw_settings(std::uint64_t seed);
std::string words(const Settings& settings);

}  // namespace lodge::test
