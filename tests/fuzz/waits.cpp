#include "fuzz/fuzz.hpp"
#include "queue/http/http_date.hpp"
#include "queue/http/retry_after.hpp"

// Input: a line (status, cap in seconds, now in days), then header lines.
using namespace lodge;
using namespace lodge::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  std::string_view line = cut(input, "\n");
  const int status = static_cast<int>(cut_number(line) % 1000);
  const std::chrono::seconds cap(static_cast<std::int64_t>(cut_number(line) % 100'000));
  const Time now{std::chrono::days(static_cast<std::int64_t>(cut_number(line) % 100'000'000'000))};
  const auto headers = cut_headers(input);
  const auto wait = queue::retry_after(headers, now, cap, status);
  if (wait) require(*wait >= Duration::zero() && *wait <= cap, "within [0, cap]");
  for (const Header& field : headers) {
    const auto date = queue::parse_http_date(field.value, now);
    if (!date) continue;
    require(*date >= queue::earliest_http_date, "not before the year 0");
    require(*date < queue::latest_http_date + std::chrono::days(2), "not after the year 9999");
  }
  return 0;
}
