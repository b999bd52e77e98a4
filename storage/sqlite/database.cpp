#include "storage/sqlite/database.hpp"

#include <sqlite3.h>

#include <cassert>
#include <cstring>

#include "storage/sqlite/sqlite_error.hpp"
#include "storage/sqlite/statement_cache.hpp"
#include "storage/sqlite/store_file.hpp"

namespace lodge::storage {
namespace {

void once(Statement& statement) {
  const Use use(statement);
  statement.step();
}

}  // namespace

Use Database::use(const char* sql) {
  const auto [place, added] = cache_->statements.try_emplace(sql, *this, sql);
  Statement& statement = place->second;
  assert(std::strcmp(sqlite3_sql(statement.handle_), sql) == 0);
  if (!added && sqlite3_stmt_busy(statement.handle_) != 0)
    throw Error(Errc::broken_invariant, "A statement was used inside itself. Please report this.");
  return Use(statement);
}

void Database::run(const char* sql) {
  check(handle_, sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

void Database::begin_immediate() {
  once(cache_->begin);
  if (data_version() != version_after_commit_) recall_ = {};
  recall_.appended = false;
}

void Database::begin_reading() { once(cache_->begin_reading); }

void Database::commit() {
  once(cache_->commit);
  version_after_commit_ = data_version();
}

/// Changes with every commit by any connection, this one's own included.
std::uint32_t Database::data_version() const {
  std::uint32_t version = 0;
  check(handle_, sqlite3_file_control(handle_, "main", SQLITE_FCNTL_DATA_VERSION, &version));
  return version;
}

Recall& Database::recall() {
  if (!in_transaction()) recall_ = {};
  return recall_;
}

bool Database::rollback() noexcept {
  recall_ = {};
  if (in_transaction()) {
    sqlite3_step(cache_->rollback.handle_);
    cache_->rollback.reset();
  }
  return !in_transaction();
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

void Database::savepoint() {
  before_savepoint_ = recall_.appended ? recall_.tail : std::nullopt;
  once(cache_->savepoint);
}

void Database::release_savepoint() { once(cache_->release); }

void Database::rollback_savepoint() {
  recall_ = {};
  once(cache_->rollback_to);
  once(cache_->release);
  recall_.tail = before_savepoint_;
  recall_.appended = before_savepoint_.has_value();
}

std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

bool Database::checkpoint(bool truncate) {
  // Waiting for readers is not worth holding up writers: the next checkpoint comes soon.
  sqlite3_busy_timeout(handle_, 0);
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", mode, nullptr, nullptr);
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout_.count()));
  if ((code & 0xff) == SQLITE_BUSY) return false;
  check(handle_, code);
  log_pages_ = 0;
  return true;
}

int Database::log_pages() const { return log_pages_; }

bool Database::moved() const {
  if (open_store_) return open_store_->has_moved(path_);
  int moved = 0;
  const int code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

bool Database::is_same_file_as(const Database& other) const {
  return !open_store_ || !other.open_store_ ||
         open_store_->identity() == other.open_store_->identity();
}

std::string sqlite_version() {
  return std::string(sqlite3_libversion()) + " (compiled with " SQLITE_VERSION ")";
}

}  // namespace lodge::storage
