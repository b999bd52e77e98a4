#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>

#include "client/process/process_fd.hpp"
#include "lodge/time.hpp"

namespace lodge::client {

/// Who delivers for a store, as it wrote down itself: "delivered by process 4711, silent since
/// ...".
struct FlushHolder {
  std::int64_t pid = 0;          ///< as seen in the holder's own pid namespace; 0: not written yet
  std::optional<Time> since{};   ///< when it took the lock
  std::optional<Time> active{};  ///< when its last delivery pass began
};

/// The right to deliver what a store holds: at most one FlushLock of all processes, and of all
/// clients in one process, has it. Lives in a file beside the store.
///
/// The kernel releases it when the process dies, so no clock and no lease is involved; a stopped
/// process keeps it. A forked child has neither the lock nor the descriptor. If the file is removed
/// or replaced the lock is lost: `held()` says so, and whoever opens the new file may take it.
///
/// Threads: any. Errors: lodge::Error from try_acquire alone.
class FlushLock {
 public:
  explicit FlushLock(std::filesystem::path path) : path_(std::move(path)) {}
  FlushLock(const FlushLock&) = delete;
  FlushLock& operator=(const FlushLock&) = delete;
  ~FlushLock() { release(); }

  /// True when the lock is ours (also when it was before). Never blocks. Throws lodge::Error when
  /// the file cannot be opened or locked, `wrong_process` in a forked child.
  bool try_acquire(Time now);

  void release() noexcept;

  /// False in a forked child, which can do nothing with this lock.
  [[nodiscard]] bool in_own_process() const { return owner_ == ::getpid(); }

  /// Is the lock ours, in this process, on the file that is there now? Costs one stat(2).
  [[nodiscard]] bool held() const;

  /// Writes the time down for the others, once a second at most. For each delivery pass, never on a
  /// timer.
  void note_activity(Time now);

  /// Who has the lock now (it may be ourselves); empty when nobody has.
  [[nodiscard]] std::optional<FlushHolder> holder() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  bool holds() const;
  void write_down(Time active);

  const std::filesystem::path path_;
  const pid_t owner_ = ::getpid();
  mutable std::mutex mutex_;
  std::optional<ProcessFd> file_;  // kept while waiting: each close of it would wake the others
  bool locked_ = false;
  Time since_{};
  Time noted_{};  // what stands in the file
};

}  // namespace lodge::client
