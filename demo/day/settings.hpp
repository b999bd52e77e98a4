#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/options.hpp"

namespace lodge::demo {

/// What the child process is told to do: file the forms [from, to) and deliver.
struct FilingJob {
  int from = 0;
  int to = 0;
  std::string store{};
  std::string endpoint{};
};

struct Settings {
  std::uint64_t seed = 0;  ///< drawn by parse_settings when none was given
  int rows = 500;          ///< forms to file, 60 to 500
  bool fast = false;       ///< short waits, no pauses for people to watch
  bool json = false;       ///< standard output holds one JSON object and nothing else
  bool help = false;
  std::string keep{};     ///< folder that keeps the store; empty: a temporary one
  bool is_child = false;  ///< hidden: do `job` instead of the day
  FilingJob job{};
};

/// A wrong command line; what() says what is wrong.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws UsageError.
Settings parse_settings(const std::vector<std::string>& words);

extern const std::string_view demo_usage;

/// How the day's clients are opened, in this process and in the child. Their back-off is shorter
/// than lodge's defaults, so that a day fits into a minute.
Options client_options(const std::string& store, const std::string& endpoint, bool fast);

}  // namespace lodge::demo
