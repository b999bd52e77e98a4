#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "storage/history/mark_keeper.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/unit_of_work.hpp"
#include "storage/sqlite/write_lock.hpp"
#include "storage/store.hpp"

namespace lodge::storage {

/// How the store's connections are opened.
DatabaseOptions connection_options(const StoreOptions& options);

/// The store's one writing connection of this queue, and how a group of units is committed with it.
/// A group that cannot be committed as a whole is run again without the units that failed.
///
/// Threads: one at a time.
class Writer {
 public:
  /// Opens the store, creating or migrating it. `options.path` is resolved.
  explicit Writer(const StoreOptions& options);
  /// Brings the mark up to the last commit, unless another process is writing just then.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Commits the units together; each one's error tells what became of it. When all have run,
  /// `more` may append further ones to the same commit, and returns whether it did. The write lock
  /// stays held until finish(), so that callers can be told first.
  void run(std::vector<UnitOfWork*>& units, const std::function<bool()>& more) noexcept;
  /// Cuts the log when it is long, and lets others write.
  void finish() noexcept;

  /// For a unit to call: finish() then empties the log, and tells in `done` whether it could.
  void empty_log_after_this(bool& done) { emptied_ = &done; }
  [[nodiscard]] bool will_empty_log() const { return emptied_ != nullptr; }

  /// How long the last COMMIT took: what sharing one would save.
  [[nodiscard]] std::chrono::nanoseconds commit_time() const { return commit_time_; }

  /// What tells of a lost tail. Only wait() and path() are for other threads.
  [[nodiscard]] MarkKeeper& mark() { return mark_; }

 private:
  void lock();
  void cut_log();
  void run_group(std::vector<UnitOfWork*>& units, const std::function<bool()>& more);
  bool run_together(std::vector<UnitOfWork*>& units, const std::function<bool()>& more);
  bool run_one(UnitOfWork& work);
  bool run_apart(Units units);
  bool run_in_savepoint(UnitOfWork& work);
  void commit();
  // writer_recovery.cpp: what did not go as it should.
  void after_failed_commit(const std::optional<ChainTail>& tail, std::exception_ptr error);
  bool overwrite_failed_commit() noexcept;
  void leave_transaction() noexcept;
  bool replace_connection() noexcept;
  [[nodiscard]] std::unique_ptr<Database> reopen() const;

  StoreOptions options_;
  WriteLock write_lock_;
  bool locked_ = false;
  std::unique_ptr<Database> database_;  ///< empty after one had to be thrown away
  std::chrono::nanoseconds commit_time_{0};
  int checkpoint_at_;
  bool* emptied_ = nullptr;
  MarkKeeper mark_;
};

}  // namespace lodge::storage
