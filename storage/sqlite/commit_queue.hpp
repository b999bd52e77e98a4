#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/sqlite/database.hpp"
#include "storage/store.hpp"

namespace lodge::storage {

/// Brings units of work to disk. Each runs in a transaction begun as a writer; units that arrive
/// while a commit is under way share the next one, and so do those that arrive while its first
/// units run: whoever comes first leads and carries the others' work along. run() returns after the
/// common commit is on disk.
///
/// Threads: any. Errors: an exception of a unit undoes that unit alone and is rethrown to its
/// caller; a failed commit fails all of its units, after the connection was replaced and it was
/// read back that the commit did not take effect (when it did, the units succeed).
class CommitQueue {
 public:
  CommitQueue(const StoreOptions& options);
  ~CommitQueue();
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  /// Writes. `unit` may run on another caller's thread, and is run again from scratch after a
  /// connection was replaced; it must not touch anything but the database and its own results.
  void run(const std::function<void(Database&)>& unit);

  /// Reads in one snapshot, on a connection of its own, beside writers.
  void read(const std::function<void(Database&)>& unit);

  /// Whether units of different callers met here within the last moments: who holds the writer long
  /// now keeps somebody waiting.
  [[nodiscard]] bool has_company() const;

  /// Copies the log into the file and empties it: bytes of texts that were erased or deleted are
  /// then in no file any more. False when a reader was in the way; try again later.
  bool empty_log();

  /// Writes; `unit` compares the store with its mark, and returns whether it noted a loss.
  void run_marking(const std::function<bool(Database&)>& unit);
  /// Writes the mark if it is time; returns when to call again.
  std::optional<std::chrono::nanoseconds> keep_mark() noexcept;
  /// Where the mark is; empty: there is none under a VFS of the caller's.
  [[nodiscard]] const std::string& mark_path() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::storage
