#include "fuzz/hostile_rows.hpp"

#include <array>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "lodge/error.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::fuzz {
namespace {

using storage::Database;
using storage::Statement;

constexpr std::array tables = {"meta",        "contents", "records",  "streams",   "drafts",
                               "submissions", "requests", "attempts", "conflicts", "gates",
                               "history"};

std::vector<std::string> texts(Database& database, const std::string& query) {
  std::vector<std::string> found;
  Statement rows(database, query);
  while (rows.step()) found.emplace_back(rows.text(0));
  return found;
}

void bind(Statement& statement, std::string_view value) {
  if (value.starts_with('!')) {
    statement.bind_null(1);
  } else if (value.starts_with('#')) {
    const bool negative = value.starts_with("#-");
    const auto number = static_cast<std::int64_t>(cut_number(value));
    statement.bind(1, negative ? -1 - number : number);
  } else {
    statement.bind(1, value);
  }
}

void change(Database& database, std::string_view line) {
  const std::string table = tables.at(cut_number(line) % tables.size());
  const std::string named = "pragma_table_xinfo('" + table + "')";
  const auto columns = texts(database, "SELECT name FROM " + named + " WHERE hidden = 0");
  const std::string key = texts(database, "SELECT name FROM " + named + " WHERE pk = 1").at(0);
  const std::string column = columns.at(cut_number(line) % columns.size());
  const std::string row = std::to_string(cut_number(line) % 8);
  if (line.starts_with(' ')) line.remove_prefix(1);
  const auto type = texts(database, "SELECT type FROM " + named + " WHERE name = '" + column + "'");
  const std::string value = type.at(0) == "BLOB" ? "CAST(?1 AS BLOB)" : "?1";
  Statement update(database, "UPDATE OR IGNORE " + table + " SET " + column + " = " + value +
                                 " WHERE " + key + " = (SELECT " + key + " FROM " + table +
                                 " LIMIT 1 OFFSET " + row + ")");
  bind(update, line);
  update.run();
}

}  // namespace

void put_hostile_rows(const std::string& path, std::string_view lines) {
  Database database({.path = path});
  database.run("PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0");
  const auto triggers = texts(database, "SELECT sql FROM sqlite_schema WHERE type = 'trigger'");
  for (const auto& name : texts(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
    Statement(database, "DROP TRIGGER " + name).run();
  for (int i = 0; i < 8 && !lines.empty(); ++i) {
    const std::string_view line = cut(lines, "\n");
    try {
      change(database, line);
    } catch (const Error&) {  // a text where STRICT wants a number, say
    }
  }
  for (const std::string& trigger : triggers) Statement(database, trigger).run();
}

}  // namespace lodge::fuzz
