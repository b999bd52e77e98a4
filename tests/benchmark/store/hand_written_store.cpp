#include "benchmark/store/hand_written_store.hpp"

#include <sqlite3.h>

#include <chrono>
#include <stdexcept>

#include "lodge/client.hpp"

namespace lodge::benchmark {
namespace {

[[noreturn]] void fail(sqlite3* handle) { throw std::runtime_error(sqlite3_errmsg(handle)); }

void run(sqlite3* handle, const char* sql) {
  if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle);
}

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

HandWrittenStore::HandWrittenStore(const std::string& path) {
  sqlite3* handle = nullptr;
  if (sqlite3_open(path.c_str(), &handle) != SQLITE_OK) fail(handle);
  handle_ = handle;
  run(handle,
      "CREATE TABLE outbox (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT, made INTEGER)");
  run(handle,
      "CREATE TABLE history (number INTEGER PRIMARY KEY, id TEXT, what TEXT, made INTEGER)");
  run(handle, "CREATE INDEX history_of_id ON history (id)");
}

HandWrittenStore::~HandWrittenStore() { sqlite3_close(static_cast<sqlite3*>(handle_)); }

void HandWrittenStore::submit(const std::string& text) {
  auto* handle = static_cast<sqlite3*>(handle_);
  const std::string id = new_key();
  for (const char* sql : {"INSERT INTO outbox (id, body, made) VALUES (?3, ?1, ?2)",
                          "INSERT INTO history (id, what, made) VALUES (?3, ?1, ?2)"}) {
    sqlite3_stmt* insert = nullptr;
    if (sqlite3_prepare_v2(handle, sql, -1, &insert, nullptr) != SQLITE_OK) fail(handle);
    sqlite3_bind_text64(insert, 1, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_int64(insert, 2, now());
    sqlite3_bind_text64(insert, 3, id.data(), id.size(), SQLITE_STATIC, SQLITE_UTF8);
    const int code = sqlite3_step(insert);
    sqlite3_finalize(insert);
    if (code != SQLITE_DONE) fail(handle);
  }
}

long HandWrittenStore::oldest(std::string& text) {
  auto* handle = static_cast<sqlite3*>(handle_);
  sqlite3_stmt* select = nullptr;
  sqlite3_prepare_v2(handle, "SELECT number, body FROM outbox ORDER BY number LIMIT 1", -1, &select,
                     nullptr);
  long number = 0;
  if (sqlite3_step(select) == SQLITE_ROW) {
    number = static_cast<long>(sqlite3_column_int64(select, 0));
    text = reinterpret_cast<const char*>(sqlite3_column_text(select, 1));
  }
  sqlite3_finalize(select);
  return number;
}

void HandWrittenStore::remove(long number) {
  run(static_cast<sqlite3*>(handle_),
      ("DELETE FROM outbox WHERE number = " + std::to_string(number)).c_str());
}

}  // namespace lodge::benchmark
