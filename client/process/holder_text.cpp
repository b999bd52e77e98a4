#include "client/process/holder_text.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace lodge::client {

namespace {

std::string time_text(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::optional<Time> parse_time(const char* text) {
  using namespace std::chrono;
  int y = 0;
  unsigned m = 0;
  unsigned d = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int milli = 0;
  if (std::sscanf(text, "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ", &y, &m, &d, &hour, &minute, &second,
                  &milli) != 7) {
    return std::nullopt;
  }
  const year_month_day date{year{y}, month{m}, day{d}};
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(milli);
}

// The rest of the line that starts with `word`.
const char* after(const std::string& text, const std::string& word) {
  const auto at = text.find(word + " ");
  return at == std::string::npos ? "" : text.c_str() + at + word.size() + 1;
}

}  // namespace

std::string holder_text(const FlushHolder& holder) {
  return "pid " + std::to_string(holder.pid) + "\nsince " +
         time_text(holder.since.value_or(Time{})) + "\nactive " +
         time_text(holder.active.value_or(Time{})) + "\n";
}

FlushHolder parse_holder(const std::string& text) {
  FlushHolder holder;
  if (std::sscanf(after(text, "pid"), "%" SCNd64, &holder.pid) != 1) holder.pid = 0;
  holder.since = parse_time(after(text, "since"));
  holder.active = parse_time(after(text, "active"));
  return holder;
}

}  // namespace lodge::client
