#pragma once

#include <cstdint>

namespace lodge::test {

/// Stands between SQLite's own VFS and the system, in this process and from now on, so that a store
/// without a VFS of its own meets a disk in trouble: its lock files and locks stay real. For a
/// process made for the test; what was opened before is not watched.
///
/// Threads: any.
namespace system_calls {

void watch();

/// Where counting begins.
enum class From {
  now,
  first_write_to_store  ///< to the store's file itself: with a log, a checkpoint has begun
};

/// Ends this process (SIGKILL) at the `nth` call that changes something or takes or frees a lock
/// (1: the first). A write that it falls on is done half.
void kill_at(std::int64_t nth, From from);
/// Such calls since kill_at().
[[nodiscard]] std::int64_t counted();

/// From now on each write, truncation and creation of a file fails with this errno; 0: none fails.
void fail_changes(int error);
/// Those that failed so.
[[nodiscard]] std::int64_t failed();

}  // namespace system_calls

}  // namespace lodge::test
