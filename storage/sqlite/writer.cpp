#include "storage/sqlite/writer.hpp"

#include <mutex>

#include "storage/schema/migrate.hpp"
#include "storage/sqlite/store_file.hpp"

namespace lodge::storage {
namespace {

constexpr int long_log = 3'000;       // pages, 12 MiB: a submit writes 15
constexpr int try_again_after = 250;  // pages more, when a reader was in the way
constexpr std::chrono::milliseconds patience_of_close{100};

/// Refuses what is no store before a lock file is left beside it.
const StoreOptions& prepared(const StoreOptions& options) {
  if (options.vfs.empty()) {
    const std::lock_guard lock(opening_stores());
    prepare_store_file(options.path, true);
  }
  return options;
}

std::unique_ptr<Database> open_migrated(const StoreOptions& options) {
  const auto how = connection_options(options);
  auto database = std::make_unique<Database>(how);
  // A log that a power cut has left may end within a sector, which the next commit would spoil:
  // what was shown after the cut would be gone with a second one.
  if (!how.power_safe_overwrite) database->checkpoint(true);
  // A changed schema makes SQLite prepare statements again when they are next run, ROLLBACK among
  // them: a connection opened on the new one is free of that.
  if (migrate(*database)) database = std::make_unique<Database>(how);
  return database;
}

void require_transaction(const Database& database) {
  if (database.in_transaction()) return;
  throw Error(Errc::broken_invariant,
              "The work went on after its transaction was gone. Please report this.");
}

}  // namespace

DatabaseOptions connection_options(const StoreOptions& options) {
  return {.path = options.path,
          .vfs = options.vfs,
          .power_safe_overwrite = options.power_safe_overwrite,
          .busy_timeout = options.busy_timeout};
}

Writer::Writer(const StoreOptions& options)
    : options_(prepared(options)),
      write_lock_(options_.path, options_.vfs),
      checkpoint_at_(long_log),
      mark_(options_.path, options_.vfs) {
  lock();
  try {
    database_ = open_migrated(options_);
    mark_.begin(*database_);
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

Writer::~Writer() {
  if (!mark_.wait()) return;
  try {
    write_lock_.lock(patience_of_close);
    mark_.keep(true);
    write_lock_.unlock();
  } catch (...) {
    // Somebody writes: the mark stays behind.
  }
}

void Writer::run(std::vector<UnitOfWork*>& units, const std::function<bool()>& more) noexcept {
  try {
    lock();
    if (!database_) database_ = reopen();
    run_group(units, more);
  } catch (...) {
    fail_all(units, std::current_exception());
    if (database_) leave_transaction();
  }
}

void Writer::finish() noexcept {
  if (!locked_) return;
  try {
    if (database_) cut_log();
  } catch (...) {
    // The commits stand whatever becomes of it; the log just stays longer.
    checkpoint_at_ = database_->log_pages() + try_again_after;
  }
  emptied_ = nullptr;
  mark_.keep(false);
  locked_ = false;
  write_lock_.unlock();
}

void Writer::cut_log() {
  if (emptied_ == nullptr && database_->log_pages() < checkpoint_at_) return;
  const bool done = database_->checkpoint(emptied_ != nullptr);
  checkpoint_at_ = done ? long_log : database_->log_pages() + try_again_after;
  if (emptied_ != nullptr) *emptied_ = done;
}

void Writer::lock() {
  write_lock_.lock(options_.busy_timeout);
  locked_ = true;
}

/// Units share a transaction without savepoints, which would copy every page that each of them
/// touches. When one fails, all that it shared is undone, and the others run again, now apart.
void Writer::run_group(std::vector<UnitOfWork*>& units, const std::function<bool()>& more) {
  bool apart = false;
  while (count_alive(units) > 0) {
    database_->begin_immediate();
    if (!(apart ? run_apart(units) : run_together(units, more))) {
      apart = true;
      leave_transaction();
      if (!database_) database_ = reopen();
      continue;
    }
    if (count_alive(units) > 0) return commit();
    leave_transaction();
    return;
  }
}

/// False when one failed: its error is noted, and the units left have to be run again.
bool Writer::run_together(std::vector<UnitOfWork*>& units, const std::function<bool()>& more) {
  std::size_t ran = 0;
  do {
    while (ran < units.size())
      if (!run_one(*units[ran++])) return false;
  } while (more());
  return true;
}

bool Writer::run_one(UnitOfWork& work) {
  if (work.error) return true;
  try {
    (*work.unit)(*database_);
    require_transaction(*database_);
    return true;
  } catch (...) {
    work.error = std::current_exception();
    return false;
  }
}

/// False when the transaction is lost, and the units left have to be run again.
bool Writer::run_apart(Units units) {
  for (auto* work : units)
    if (!work->error && !run_in_savepoint(*work)) return false;
  return true;
}

bool Writer::run_in_savepoint(UnitOfWork& work) {
  try {
    database_->savepoint();
    (*work.unit)(*database_);
    require_transaction(*database_);
    database_->release_savepoint();
    return true;
  } catch (...) {
    work.error = std::current_exception();
  }
  try {
    // Some errors (no memory, disk full, I/O) undo the whole transaction by themselves.
    if (!database_->in_transaction()) return false;
    database_->rollback_savepoint();
    return true;
  } catch (...) {
    return false;
  }
}

void Writer::commit() {
  const auto& recall = database_->recall();
  if (!recall.changes.empty())
    throw Error(Errc::broken_invariant,
                "Counts were to be committed that had not been written. Please report this.");
  const auto tail = recall.appended ? recall.tail : std::nullopt;
  if (database_->moved()) {
    leave_transaction();
    throw Error(Errc::store_moved,
                "The store's file was renamed, removed or replaced while open; nothing was written "
                "to what is there now. Put it back, or close the client and open it again.");
  }
  const auto begun = std::chrono::steady_clock::now();
  try {
    database_->commit();
    commit_time_ = std::chrono::steady_clock::now() - begun;
  } catch (...) {
    after_failed_commit(tail, std::current_exception());
  }
  if (tail) mark_.committed(*tail);
}

}  // namespace lodge::storage
