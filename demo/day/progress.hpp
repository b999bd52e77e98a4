#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace lodge::demo {

/// How fast something gets done, and how long the rest will take at the pace of the last seconds.
/// Time is an argument.
class Progress {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  Progress(std::int64_t total, Moment begin);

  /// `done` of the total by now. Calls come in order of time.
  void update(std::int64_t done, Moment now);

  [[nodiscard]] std::int64_t done() const { return samples_.back().done; }
  /// Never less than done().
  [[nodiscard]] std::int64_t total() const;
  [[nodiscard]] double rate() const;  ///< per second; 0 while nothing gets done
  /// Empty while nothing gets done. 0 when all is.
  [[nodiscard]] std::optional<std::chrono::seconds> left() const;

 private:
  struct Sample {
    Moment at{};
    std::int64_t done = 0;
  };

  std::int64_t total_;
  std::deque<Sample> samples_;
};

/// "[######......]", `width` characters in all, at least 3.
std::string progress_bar(std::int64_t done, std::int64_t total, int width);

/// "48 %  120 of 250  24/s  6 s left".
std::string progress_words(const Progress& progress);

}  // namespace lodge::demo
