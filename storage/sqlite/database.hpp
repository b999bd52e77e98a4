#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lodge/error.hpp"
#include "storage/sqlite/fork_guard.hpp"
#include "storage/sqlite/recall.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace lodge::storage {

/// Where a store is and how it is opened.
struct DatabaseOptions {
  std::string path{};
  std::string vfs{};       ///< name of a registered SQLite VFS; empty: the system's
  bool read_only = false;  ///< a connection for reading; never creates the file
  bool create = true;      ///< a missing file is made; off when one that was there is opened again
  /// Assume that a write which is cut leaves the bytes around it alone (SQLite's
  /// SQLITE_IOCAP_POWERSAFE_OVERWRITE). Off costs a third more writes; for untrusted media.
  bool power_safe_overwrite = true;
  std::chrono::milliseconds busy_timeout{5'000};  ///< for SQLite's own locks
};

class Database;
class LogVfs;
class OpenStore;

/// One prepared statement, kept for reuse. Values are bound, never spliced. Not shared by threads.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Texts and bytes are not copied: they stay where they are until the statement has run.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, const char* text) { return bind(index, std::string_view(text)); }
  Statement& bind(int index, std::string&& text) = delete;
  Statement& bind_blob(int index, std::span<const std::uint8_t> bytes);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_blob(int index, std::string&& bytes) = delete;
  Statement& bind_null(int index);

  /// True while there is a row. Throws Error when the step fails.
  bool step();
  /// Runs a statement that returns no row, and resets it.
  void run();
  /// Makes it ready for another run; bindings are cleared.
  void reset() noexcept;

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  ///< valid until the next step or reset
  [[nodiscard]] std::string_view blob(int column) const;  ///< valid until the next step or reset

 private:
  friend class Database;

  Database* database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Resets a cached statement at the end of a scope, whatever happens in it.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { statement_.reset(); }
  Statement* operator->() { return &statement_; }
  Statement& operator*() { return statement_; }

 private:
  Statement& statement_;
};

/// One connection to the store's file: the sole code that includes sqlite3.h. Opens with WAL,
/// synchronous=FULL (both read back), defensive settings and no automatic checkpoint.
/// Not shared by threads. Errors are lodge::Error with the code that fits SQLite's; wrong_process
/// in a child forked while one was open.
class Database {
 public:
  explicit Database(const DatabaseOptions& options);
  /// One without a file, for working out what a schema looks like. Nothing in it is durable.
  static std::unique_ptr<Database> in_memory();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Statements are prepared once and kept; `sql` must be a constant of the program (its address is
  /// the key).
  Use use(const char* sql);

  /// Runs SQL that returns nothing; for migrations and pragmas, constants only.
  void run(const char* sql);

  void begin_immediate();
  void begin_reading();
  void commit();
  /// Leaves the transaction; true when the connection is usable again, false: replace it.
  bool rollback() noexcept;
  [[nodiscard]] bool in_transaction() const;

  void savepoint();
  void release_savepoint();
  void rollback_savepoint();

  [[nodiscard]] std::int64_t last_rowid() const;
  [[nodiscard]] std::int64_t changes() const;

  /// Copies the log into the file and restarts it (or truncates it). The caller holds the write
  /// lock and no transaction is open. Returns false when a reader was in the way.
  bool checkpoint(bool truncate);
  /// Pages in the log after the last commit on this connection.
  [[nodiscard]] int log_pages() const;
  /// True when the path no longer leads to the file that was opened (renamed, removed, replaced).
  [[nodiscard]] bool moved() const;
  /// False when the other connection's path meanwhile led to another file.
  [[nodiscard]] bool is_same_file_as(const Database& other) const;

  /// Empty outside a transaction, after anything was undone, and when another connection has
  /// committed meanwhile.
  Recall& recall();

  sqlite3* handle() { return handle_; }

 private:
  struct Cache;
  struct InMemory {};
  // database_open.cpp: opening and closing.
  explicit Database(InMemory);
  void open_file(const DatabaseOptions& options);
  void harden();
  void make_durable();
  void check_durable();
  void close() noexcept;
  [[nodiscard]] std::uint32_t data_version() const;

  ForkGuard fork_guard_{};  ///< first made, last gone
  sqlite3* handle_ = nullptr;
  std::shared_ptr<const LogVfs> log_vfs_;  ///< empty for a connection that only reads
  std::unique_ptr<OpenStore> open_store_;  ///< empty where a VFS of the caller's keeps the file
  std::unique_ptr<Cache> cache_;
  Recall recall_{};
  std::optional<ChainTail> before_savepoint_{};
  std::uint32_t version_after_commit_ = 0;
  std::string path_{};
  std::chrono::milliseconds busy_timeout_{0};
  std::int64_t process_ = 0;
  int log_pages_ = 0;
};

/// SQLite's version and the one lodge was compiled with, for status and bug reports.
std::string sqlite_version();

}  // namespace lodge::storage
