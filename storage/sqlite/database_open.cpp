// How a connection comes to be one: whose file it is, what SQLite may do with it, what is durable.
#include <sqlite3.h>
#include <unistd.h>

#include <mutex>

#include "storage/schema/schema.hpp"
#include "storage/sqlite/log_vfs.hpp"
#include "storage/sqlite/sqlite_error.hpp"
#include "storage/sqlite/statement_cache.hpp"
#include "storage/sqlite/store_file.hpp"

namespace lodge::storage {
namespace {

constexpr bool needs_no_escape(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
         c == '.' || c == '-' || c == '_';
}

/// A URI, because only there can the assumption about cut writes be chosen.
std::string file_uri(const DatabaseOptions& options) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : options.path) {
    const auto byte = static_cast<unsigned char>(c);
    if (needs_no_escape(c))
      uri += c;
    else
      uri.append({'%', digits[byte >> 4U], digits[byte & 0x0fU]});
  }
  return uri + (options.power_safe_overwrite ? "?psow=1" : "?psow=0");
}

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

void cut_limits(sqlite3* handle) {
  constexpr int limits[][2] = {{SQLITE_LIMIT_LENGTH, 16 << 20}, {SQLITE_LIMIT_SQL_LENGTH, 64 << 10},
                               {SQLITE_LIMIT_ATTACHED, 0},      {SQLITE_LIMIT_VARIABLE_NUMBER, 64},
                               {SQLITE_LIMIT_EXPR_DEPTH, 20},   {SQLITE_LIMIT_TRIGGER_DEPTH, 4},
                               {SQLITE_LIMIT_COLUMN, 128},      {SQLITE_LIMIT_COMPOUND_SELECT, 16},
                               {SQLITE_LIMIT_WORKER_THREADS, 0}};
  for (const auto& [limit, value] : limits) sqlite3_limit(handle, limit, value);
}

void check_library() {
  if (sqlite3_libversion_number() >= 3040000 && sqlite3_threadsafe() != 0) return;
  throw Error(Errc::io, "This system's SQLite (" + std::string(sqlite3_libversion()) +
                            ") is older than 3.40 or built without threads. Install a newer one.");
}

std::string first_text(Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

std::int64_t first_number(Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : 0;
}

/// What SQLite says of the file, before anything is written to it.
void check_is_ours(Database& database, bool read_only) {
  const auto id = first_number(database, "PRAGMA application_id");
  const auto version = first_number(database, "PRAGMA user_version");
  const bool empty = id == 0 && version == 0 && first_number(database, "PRAGMA page_count") == 0;
  if (id != application_id && (read_only || !empty))
    throw Error(Errc::not_a_store,
                "The file is another program's database. Name another path for the store.");
  if (version > migrations().back().to)
    throw Error(Errc::store_too_new,
                "The store was written by a newer lodge. Install that version (or newer) to open "
                "it; nothing was changed.");
}

}  // namespace

Database::Database(const DatabaseOptions& options)
    : path_(options.path), busy_timeout_(options.busy_timeout), process_(getpid()) {
  check_library();
  if (path_.empty() || path_.find('\0') != std::string::npos)
    throw Error(Errc::invalid_argument,
                "A store needs a path without NUL characters. Set Options::store to one.");
  try {
    open_file(options);
    harden();
    check_is_ours(*this, options.read_only);
    if (options.read_only)
      check_durable();
    else
      make_durable();
    if (open_store_) open_store_->remember_log(path_);
    cache_ = std::make_unique<Cache>(*this);
  } catch (const Error& error) {
    close();
    if (error.code() == Errc::io && options.vfs.empty() && !options.read_only)
      explain_refusal(path_);
    throw;
  } catch (...) {
    close();
    throw;
  }
}

Database::Database(InMemory) : process_(getpid()) {
  try {
    check(handle_, sqlite3_open_v2(":memory:", &handle_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY |
                                       SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   nullptr));
    harden();
    cache_ = std::make_unique<Cache>(*this);
  } catch (...) {
    close();
    throw;
  }
}

std::unique_ptr<Database> Database::in_memory() {
  return std::unique_ptr<Database>(new Database(InMemory{}));
}

Database::~Database() { close(); }

void Database::close() noexcept {
  if (process_ != getpid()) {
    // A forked child must not touch the parent's connection, not even to close it.
    static_cast<void>(cache_.release());
    static_cast<void>(open_store_.release());
    static_cast<void>(new std::shared_ptr<const LogVfs>(std::move(log_vfs_)));
    return;
  }
  cache_.reset();
  sqlite3_close_v2(handle_);
  handle_ = nullptr;
}

void Database::open_file(const DatabaseOptions& options) {
  const bool may_create = options.create && !options.read_only;
  const int access = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int flags = access | (may_create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_URI |
                    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (!options.read_only) log_vfs_ = LogVfs::over(options.vfs);
  const std::string& vfs = log_vfs_ ? log_vfs_->name() : options.vfs;
  const auto open = [&] {
    DatabaseOptions at = options;
    at.path = path_;
    check(handle_, sqlite3_open_v2(file_uri(at).c_str(), &handle_, flags,
                                   vfs.empty() ? nullptr : vfs.c_str()));
  };
  if (!options.vfs.empty()) {
    open();
  } else {
    path_ = resolved_store_path(path_);
    const std::lock_guard lock(opening_stores());
    const auto identity = prepare_store_file(path_, may_create);
    open_store_ = std::make_unique<OpenStore>(identity);
    open();
    if (identity_at(path_) != identity) fail(nullptr, SQLITE_READONLY_DBMOVED);
  }
  if (log_vfs_) LogVfs::attend(handle_);
  check(handle_, sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout_.count())));
}

void Database::harden() {
  constexpr int switches[][2] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                 {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                 {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                                 {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
                                 {SQLITE_DBCONFIG_DQS_DDL, 0},
                                 {SQLITE_DBCONFIG_DQS_DML, 0},
                                 {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
                                 {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                 {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0}};
  for (const auto& [option, value] : switches)
    check(handle_, sqlite3_db_config(handle_, option, value, nullptr));
  cut_limits(handle_);
  run("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
}

void Database::make_durable() {
  run("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;"
      "PRAGMA secure_delete = ON");
  // First of all a new file says whose it is, so that a creation cut short is still recognised.
  if (first_number(*this, "PRAGMA page_count") == 0)
    run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
  run("PRAGMA journal_mode = WAL");
  check_durable();
  // Our hook takes the place of SQLite's automatic checkpoint, which would run after the write lock
  // is gone; so does this setting, in case a later SQLite asks it elsewhere.
  run("PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 16777216");
  sqlite3_wal_hook(handle_, remember_log_pages, &log_pages_);
}

void Database::check_durable() {
  if (first_text(*this, "PRAGMA journal_mode") != "wal")
    throw Error(Errc::io,
                "The store's folder does not support a write-ahead log (a network or synchronised "
                "folder?). Put the store on a local disk.");
  if (first_number(*this, "PRAGMA synchronous") < 2) {
    run("PRAGMA synchronous = FULL");
    if (first_number(*this, "PRAGMA synchronous") < 2)
      throw Error(Errc::io,
                  "This system's SQLite refuses synchronous=FULL, without which nothing "
                  "would survive a power cut. Install another build of SQLite.");
  }
}

}  // namespace lodge::storage
