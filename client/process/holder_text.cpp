#include "client/process/holder_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

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

// Whether each 0 of `form` is a digit in `text`, and all else is the same.
bool has_form(std::string_view text, std::string_view form) {
  const auto fits = [](char c, char wanted) {
    return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
  };
  return std::ranges::equal(text, form, fits);
}

int number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

std::optional<Time> parse_time(std::string_view line) {
  using namespace std::chrono;
  if (!has_form(line, "0000-00-00T00:00:00.000Z")) return std::nullopt;
  const year_month_day date(year(number(line.substr(0, 4))),
                            month(static_cast<unsigned>(number(line.substr(5, 2)))),
                            day(static_cast<unsigned>(number(line.substr(8, 2)))));
  const hours hour(number(line.substr(11, 2)));
  const minutes minute(number(line.substr(14, 2)));
  const seconds second(number(line.substr(17, 2)));
  if (!date.ok() || hour >= days(1) || minute >= hours(1) || second >= minutes(1))
    return std::nullopt;
  return sys_days(date) + hour + minute + second + milliseconds(number(line.substr(20, 3)));
}

std::int64_t parse_pid(std::string_view line) {
  std::int64_t pid = 0;
  const auto [end, error] = std::from_chars(line.begin(), line.end(), pid);
  return error == std::errc() && end == line.end() && pid > 0 ? pid : 0;
}

// The rest of the first line that starts with `word`.
std::string_view after(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(word)) return line.substr(word.size());
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return {};
}

}  // namespace

std::string holder_text(const FlushHolder& holder) {
  return "pid " + std::to_string(holder.pid) + "\nsince " +
         time_text(holder.since.value_or(Time{})) + "\nactive " +
         time_text(holder.active.value_or(Time{})) + "\n";
}

FlushHolder parse_holder(const std::string& text) {
  return {.pid = parse_pid(after(text, "pid ")),
          .since = parse_time(after(text, "since ")),
          .active = parse_time(after(text, "active "))};
}

}  // namespace lodge::client
