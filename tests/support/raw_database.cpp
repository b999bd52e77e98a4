#include "support/raw_database.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace lodge::test {

RawDatabase::RawDatabase(const std::string& path) {
  if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK)
    throw std::runtime_error("cannot open " + path);
  sqlite3_busy_timeout(handle_, 5'000);
}

RawDatabase::~RawDatabase() { sqlite3_close_v2(handle_); }

void RawDatabase::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(handle_));
}

std::string RawDatabase::text(const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &made, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(handle_));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(made, sqlite3_finalize);
  const int code = sqlite3_step(made);
  if (code == SQLITE_DONE) return {};
  if (code != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(handle_));
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(made, 0));
  return bytes == nullptr
             ? std::string()
             : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(made, 0)));
}

std::int64_t RawDatabase::number(const std::string& sql) {
  const auto value = text(sql);
  return value.empty() ? 0 : std::stoll(value);
}

}  // namespace lodge::test
