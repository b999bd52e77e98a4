#include "demo/day/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lodge::demo {
namespace {

constexpr std::chrono::seconds looked_back_on{5};

std::int64_t per_cent(std::int64_t done, std::int64_t total) {
  return total == 0 ? 100 : done * 100 / total;
}

std::string rate_words(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.1f/s" : "%.0f/s", rate);
  return text;
}

}  // namespace

Progress::Progress(std::int64_t total, Moment begin)
    : total_(std::max<std::int64_t>(total, 0)), samples_{{begin, 0}} {}

void Progress::update(std::int64_t done, Moment now) {
  samples_.push_back({now, done});
  // One sample older than the window stays: the window is never shorter than it could be.
  while (samples_.size() > 2 && samples_[1].at + looked_back_on <= now) samples_.pop_front();
}

std::int64_t Progress::total() const { return std::max(total_, done()); }

double Progress::rate() const {
  const std::chrono::duration<double> time = samples_.back().at - samples_.front().at;
  const auto steps = samples_.back().done - samples_.front().done;
  return time.count() > 0 && steps > 0 ? static_cast<double>(steps) / time.count() : 0;
}

std::optional<std::chrono::seconds> Progress::left() const {
  const auto rest = total() - done();
  if (rest == 0) return std::chrono::seconds(0);
  const double pace = rate();
  if (pace <= 0) return std::nullopt;
  return std::chrono::seconds(std::llround(std::ceil(static_cast<double>(rest) / pace)));
}

std::string progress_bar(std::int64_t done, std::int64_t total, int width) {
  const auto room = static_cast<std::int64_t>(std::max(width, 3)) - 2;
  const auto full = total <= 0 ? room : std::clamp<std::int64_t>(done * room / total, 0, room);
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(room - full), '.') + "]";
}

std::string progress_words(const Progress& progress) {
  std::string words = std::to_string(per_cent(progress.done(), progress.total())) + " %  " +
                      std::to_string(progress.done()) + " of " + std::to_string(progress.total());
  const auto left = progress.left();
  if (left && left->count() == 0) return words;
  words += "  " + rate_words(progress.rate());
  return words + (left ? "  " + std::to_string(left->count()) + " s left" : "  waiting");
}

}  // namespace lodge::demo
