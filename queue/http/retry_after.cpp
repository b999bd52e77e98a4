#include "queue/http/retry_after.hpp"

#include <algorithm>
#include <string_view>

#include "queue/http/ascii.hpp"
#include "queue/http/http_date.hpp"

namespace lodge::queue {
namespace {

// The value of the header when all that are called so agree.
std::optional<std::string_view> agreed(const std::vector<Header>& headers, std::string_view name) {
  std::optional<std::string_view> result;
  for (const Header& field : headers) {
    if (!same_letters(field.name, name)) continue;
    if (result && *result != trim(field.value)) return std::nullopt;
    result = trim(field.value);
  }
  return result;
}

Duration clamp(Duration wait, Duration cap) {
  return std::clamp(wait, Duration::zero(), std::max(cap, Duration::zero()));
}

// Whole seconds, with or without a sign; stops counting beyond a century, long before it overflows.
std::optional<Duration> read_seconds(std::string_view text) {
  constexpr std::int64_t enough = 100LL * 366 * 24 * 3600;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) seconds = std::min(enough, seconds * 10 + (c - '0'));
  return std::chrono::seconds(negative ? -seconds : seconds);
}

std::optional<Duration> read_date(std::string_view text, const std::vector<Header>& headers,
                                  Time now) {
  const auto until = parse_http_date(text, now);
  if (!until) return std::nullopt;
  const auto date = agreed(headers, "Date");
  return *until - (date ? parse_http_date(*date, now) : std::nullopt).value_or(now);
}

// Cuts the part before the next `mark` off `rest`; marks inside double quotes do not count.
std::string_view next_part(std::string_view& rest, char mark) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != mark); ++end) {
    if (quoted && rest[end] == '\\') {
      ++end;
    } else if (rest[end] == '"') {
      quoted = !quoted;
    }
  }
  end = std::min(end, rest.size());
  const std::string_view part = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// "name";r=0;t=30 says: nothing left, more in 30 seconds.
std::optional<Duration> exhausted_for(std::string_view policy) {
  std::optional<Duration> reset;
  bool exhausted = true;
  while (!policy.empty()) {
    const std::string_view parameter = next_part(policy, ';');
    if (parameter.starts_with("r=")) exhausted = parameter == "r=0";
    if (parameter.starts_with("t=")) reset = read_seconds(parameter.substr(2));
  }
  return exhausted ? reset : std::nullopt;
}

std::optional<Duration> rate_limit(const std::vector<Header>& headers) {
  std::optional<Duration> longest;
  for (const Header& field : headers) {
    if (!same_letters(field.name, "RateLimit")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto reset = exhausted_for(next_part(rest, ','));
      if (reset) longest = std::max(longest.value_or(*reset), *reset);
    }
  }
  return longest;
}

std::optional<Duration> stated_wait(const std::vector<Header>& headers, Time now, int status) {
  if (header_count(headers, "Retry-After") == 0) {
    return status == 429 ? rate_limit(headers) : std::nullopt;
  }
  const auto value = agreed(headers, "Retry-After");
  if (!value) return std::nullopt;
  const auto seconds = read_seconds(*value);
  return seconds ? seconds : read_date(*value, headers, now);
}

}  // namespace

std::optional<Duration> retry_after(const std::vector<Header>& headers, Time now, Duration cap,
                                    int status) {
  // So that no difference of two dates overflows.
  const Time sane = std::clamp(now, earliest_http_date, latest_http_date);
  const auto wait = stated_wait(headers, sane, status);
  if (!wait) return std::nullopt;
  return clamp(*wait, cap);
}

}  // namespace lodge::queue
