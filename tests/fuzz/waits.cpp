#include <array>

#include "fuzz/fuzz.hpp"
#include "queue/http/http_date.hpp"
#include "queue/http/retry_after.hpp"

// Input: a line (status, cap in seconds, now in days), then header lines.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using namespace std::chrono;

constexpr std::array day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Written {
  std::string fixdate;
  std::string asctime;
};

Written written(Time date) {
  const auto day = floor<days>(date);
  const year_month_day civil(day);
  const hh_mm_ss clock(floor<seconds>(date - day));
  const char* day_name = day_names.at(weekday(day).c_encoding());
  const char* month_name = month_names.at(static_cast<unsigned>(civil.month()) - 1);
  const auto of_month = static_cast<unsigned>(civil.day());
  const auto of_time = static_cast<int>(civil.year());
  std::array<char, 64> time{};
  std::snprintf(time.data(), time.size(), "%02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::array<char, 96> fixdate{};
  std::snprintf(fixdate.data(), fixdate.size(), "%s, %02u %s %04d %s GMT", day_name, of_month,
                month_name, of_time, time.data());
  std::array<char, 96> asctime{};
  std::snprintf(asctime.data(), asctime.size(), "%s %s %2u %s %04d", day_name, month_name, of_month,
                time.data(), of_time);
  return {fixdate.data(), asctime.data()};
}

void judge(Time date, Time now) {
  require(date >= queue::earliest_http_date, "not before the year 0");
  const Time end = queue::latest_http_date + days(1);
  require(date <= end, "not after the year 9999");
  if (date == end) return;  // the leap second at its end
  const Written text = written(date);
  require(queue::parse_http_date(text.fixdate, now) == date, "read as it is written");
  require(queue::parse_http_date(text.asctime, now) == date, "and in the old form");
}

// One field of digits alone says how long, whatever its length.
void judge_seconds(const std::vector<Header>& headers, std::optional<Duration> wait, Duration cap) {
  if (headers.size() != 1 || headers.front().name != "Retry-After") return;
  std::string_view digits = headers.front().value;
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return;
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  const bool long_one = digits.size() > 9;
  const auto said = long_one ? cap : seconds(cut_number(digits));
  require(wait == std::min<Duration>(said, cap), "as long as it says, up to the cap");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  std::string_view line = cut(input, "\n");
  const int status = static_cast<int>(cut_number(line) % 1000);
  const seconds cap(static_cast<std::int64_t>(cut_number(line) % 100'000));
  const Time now{days(static_cast<std::int64_t>(cut_number(line) % 100'000'000'000))};
  const auto headers = cut_headers(input);
  const auto wait = queue::retry_after(headers, now, cap, status);
  if (wait) require(*wait >= Duration::zero() && *wait <= cap, "within [0, cap]");
  judge_seconds(headers, wait, cap);
  for (const Header& field : headers) {
    if (const auto date = queue::parse_http_date(field.value, now)) judge(*date, now);
  }
  return 0;
}
