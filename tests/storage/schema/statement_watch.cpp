#include "storage/schema/statement_watch.hpp"

#include <sqlite3.h>

#include <mutex>

namespace lodge::storage::test {
namespace {

std::mutex mutex;
std::set<std::string> texts;

int note(unsigned, void*, void* statement, void*) {
  const std::lock_guard lock(mutex);
  texts.insert(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
  return 0;
}

int listen(sqlite3* connection, const char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, note, nullptr);
}

// SQLite takes it as a function without arguments, and calls it with three.
using Entry = void (*)();
Entry entry() { return reinterpret_cast<Entry>(&listen); }

}  // namespace

StatementWatch::StatementWatch() {
  texts.clear();
  sqlite3_auto_extension(entry());
}

StatementWatch::~StatementWatch() { sqlite3_cancel_auto_extension(entry()); }

std::set<std::string> StatementWatch::seen() const {
  const std::lock_guard lock(mutex);
  return texts;
}

}  // namespace lodge::storage::test
