#include "storage/schema/meta.hpp"

#include <algorithm>

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

bool is_own_fact(std::string_view name) {
  constexpr std::string_view own[] = {epoch_fact, failed_commits_fact, store_id_fact,
                                      noted_mark_fact, lost_entries_fact};
  return std::ranges::find(own, name) != std::end(own);
}

}  // namespace lodge::storage
