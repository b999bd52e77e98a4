#include "storage/tables/totals.hpp"

#include <array>
#include <charconv>
#include <string>

#include "storage/schema/meta.hpp"

namespace lodge::storage {

Totals read_totals(Database& database) {
  std::array<std::int64_t, 4> numbers{};
  const std::string text = read_fact(database, totals_fact).value_or("0 0 0 0");
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::int64_t& number : numbers) {
    while (at != end && *at == ' ') ++at;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{}) {
      throw Error(Errc::store_damaged,
                  "The store's totals cannot be read. Restore the store from a backup.");
    }
    at = next;
  }
  return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

void write_totals(Database& database, const Totals& totals) {
  std::string text;
  for (const std::int64_t number :
       {totals.unsettled, totals.unsettled_bytes, totals.drafts, totals.last_delivery}) {
    if (!text.empty()) text += ' ';
    text += std::to_string(number);
  }
  write_fact(database, totals_fact, text);
}

}  // namespace lodge::storage
