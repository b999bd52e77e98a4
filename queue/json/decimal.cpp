#include "queue/json/decimal.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

// 0.<digits> times ten to the power of exponent; no zero at either end of digits; none at all is
// zero.
struct Decimal {
  bool negative = false;
  std::string digits{};
  std::int64_t exponent = 0;
  bool operator==(const Decimal&) const = default;
};

std::int64_t read_exponent(std::string_view text) {
  constexpr std::int64_t enough = 1'000'000'000'000'000;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : text) value = std::min(enough, value * 10 + (c - '0'));
  return negative ? -value : value;
}

Decimal read_decimal(std::string_view text) {
  Decimal result;
  result.negative = text.starts_with('-');
  if (result.negative) text.remove_prefix(1);
  const std::size_t letter = text.find_first_of("eE");
  if (letter != std::string_view::npos) result.exponent = read_exponent(text.substr(letter + 1));
  bool fraction = false;
  for (const char c : text.substr(0, letter)) {
    if (!is_digit(c)) {
      fraction = true;
    } else if (result.digits.empty() && c == '0') {
      result.exponent -= fraction ? 1 : 0;
    } else {
      result.digits += c;
      result.exponent += fraction ? 0 : 1;
    }
  }
  result.digits.erase(result.digits.find_last_not_of('0') + 1);
  return result.digits.empty() ? Decimal{} : result;
}

}  // namespace

bool same_decimal(std::string_view left, std::string_view right) {
  return read_decimal(left) == read_decimal(right);
}

}  // namespace lodge::queue
