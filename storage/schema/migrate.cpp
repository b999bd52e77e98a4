#include "storage/schema/migrate.hpp"

#include <map>
#include <mutex>

#include "storage/schema/schema.hpp"

namespace lodge::storage {
namespace {

int number_of(Database& database, const char* pragma) {
  Statement statement(database, pragma);
  return statement.step() ? static_cast<int>(statement.integer(0)) : 0;
}

int version_of(Database& database) { return number_of(database, "PRAGMA user_version"); }

void run_statements(Database& database, const Migration& migration) {
  for (const char* sql : migration.statements) database.run(sql);
}

/// What the migrations up to `version` make of an empty file. Worked out once in a process.
std::string expected_schema(int version) {
  static auto* const known = new std::map<int, std::string>;
  static auto* const guard = new std::mutex;
  const std::lock_guard lock(*guard);
  auto& text = (*known)[version];
  if (text.empty() && version > 0) {
    const auto scratch = Database::in_memory();
    for (const auto& migration : migrations())
      if (migration.to <= version) run_statements(*scratch, migration);
    text = schema_text(*scratch);
  }
  return text;
}

void check_schema(Database& database) {
  if (schema_text(database) == expected_schema(version_of(database))) return;
  throw Error(
      Errc::store_damaged,
      "The store's tables are not as lodge made them: somebody changed them, or the file is "
      "damaged. Keep a copy of all its files, then restore a backup.");
}

void check_references(Database& database) {
  Statement statement(database, "PRAGMA foreign_key_check");
  if (!statement.step()) return;
  throw Error(Errc::store_damaged,
              "Rows of the store's table \"" + std::string(statement.text(0)) +
                  "\" name rows that are not there. Keep a copy of all its files, then restore a "
                  "backup.");
}

void run_one(Database& database, const Migration& migration) {
  run_statements(database, migration);
  database.run(("PRAGMA user_version = " + std::to_string(migration.to)).c_str());
  database.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
  check_references(database);
}

void apply(Database& database, const Migration& migration) {
  database.begin_immediate();
  try {
    // Another process may have come first.
    if (version_of(database) < migration.to) run_one(database, migration);
    database.commit();
  } catch (...) {
    database.rollback();
    throw;
  }
}

}  // namespace

std::string schema_text(Database& database) {
  Statement statement(database,
                      "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema "
                      "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name");
  std::string text;
  while (statement.step()) {
    for (int column = 0; column < 4; ++column) {
      text += statement.text(column);
      text += '\n';
    }
  }
  return text;
}

bool migrate(Database& database, const BeforeMigration& before) {
  const int newest = migrations().back().to;
  const int from = version_of(database);
  if (from > newest)
    throw Error(Errc::store_too_new,
                "The store was written by a newer lodge. Install that version (or newer) to open "
                "it; nothing was changed.");
  check_schema(database);
  if (from == newest) return false;
  if (before && from > 0) before(database, from, newest);
  for (const auto& migration : migrations())
    if (migration.to > from) apply(database, migration);
  check_schema(database);
  return true;
}

}  // namespace lodge::storage
