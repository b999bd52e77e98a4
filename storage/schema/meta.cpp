#include "storage/schema/meta.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace lodge::storage {
namespace {

constexpr const char* select_fact = "SELECT value FROM meta WHERE name = ?1";
constexpr const char* upsert_fact =
    "INSERT INTO meta (name, value) VALUES (?1, ?2) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value";

}  // namespace

std::optional<std::string> read_fact(Database& database, std::string_view name) {
  auto found = database.use(select_fact);
  found->bind(1, name);
  if (!found->step()) return std::nullopt;
  return std::string(found->text(0));
}

void write_fact(Database& database, std::string_view name, std::string_view value) {
  database.use(upsert_fact)->bind(1, name).bind(2, value).run();
}

std::int64_t read_count(Database& database, std::string_view name) {
  const auto text = read_fact(database, name);
  if (!text) return 0;
  std::int64_t count = -1;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, count);
  if (read.ec != std::errc() || read.ptr != end || count < 0 ||
      count == std::numeric_limits<std::int64_t>::max())
    throw Error(Errc::store_damaged, "The store's " + std::string(name) +
                                         " is no count. Keep a copy of all its files, then restore "
                                         "a backup.");
  return count;
}

bool is_own_fact(std::string_view name) {
  constexpr std::string_view own[] = {epoch_fact, failed_commits_fact, store_id_fact,
                                      noted_mark_fact, lost_entries_fact};
  return std::ranges::find(own, name) != std::end(own);
}

}  // namespace lodge::storage
