#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "storage/sqlite/file_lock.hpp"

namespace lodge::storage {

/// The right to write to a store, among all its lodges: held from before BEGIN IMMEDIATE until
/// after the commit, and during a checkpoint. Whoever waits goes before whoever comes, so that a
/// busy process does not starve another (SQLite's own waiting does).
///
/// Threads: one at a time.
class WriteLock {
 public:
  /// `path` is the store's. Under a VFS of the caller's there are no files of ours; there the lock
  /// holds among the stores of this process.
  ///
  /// `courtesy`: how long a process that waits for its turn, perhaps a stopped one, is heeded.
  WriteLock(const std::string& path, const std::string& vfs,
            std::chrono::milliseconds courtesy = std::chrono::milliseconds(100));
  ~WriteLock();
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

  /// Waits up to `patience`, then throws Errc::store_busy, which names the process that holds it.
  void lock(std::chrono::milliseconds patience);
  void unlock() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  struct InProcess;
  static std::shared_ptr<InProcess> in_process(const std::string& store);
  bool try_at_once();
  void wait_turn(Clock::time_point deadline);
  bool wait_until(Clock::time_point deadline, const std::function<bool()>& attempt);

  std::string path_;  ///< of the lock's file
  std::unique_ptr<FileLock> file_;
  std::shared_ptr<InProcess> in_process_;
  std::chrono::milliseconds courtesy_;
  Clock::time_point no_turns_until_{};
  std::minstd_rand jitter_;
};

}  // namespace lodge::storage
