#pragma once

namespace lodge::storage {

/// Counts what this process has open in SQLite. A fork copies SQLite's knowledge of locks that the
/// child does not hold, and its mutexes, which a thread that the child does not have may hold for
/// ever: a child forked while anything was open may open nothing. After exec it may.
///
/// Threads: any.
class ForkGuard {
 public:
  /// Throws Error: wrong_process.
  ForkGuard();
  ~ForkGuard();
  ForkGuard(const ForkGuard&) = delete;
  ForkGuard& operator=(const ForkGuard&) = delete;
};

}  // namespace lodge::storage
