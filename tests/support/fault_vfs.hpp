#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace lodge::test {

/// The calls by which SQLite reaches a file, as far as faults are planted in them.
enum class DiskCall { open, read, write, truncate, sync, remove, shared_memory };

/// What a planted fault answers.
enum class DiskFault {
  io,    ///< an I/O error of the kind that fits the call
  full,  ///< the disk is full
  half,  ///< a write that stops half way, then an I/O error; as `io` for other calls
};

class UnsyncedWrites;

/// A SQLite VFS over the system's that counts calls and fails those it is told to. Its name goes
/// into the options of a store. It must outlive every connection opened by it. Threads: any.
class FaultVfs {
 public:
  /// `over` names the VFS whose files are used; empty: the system's.
  explicit FaultVfs(const std::string& over = {});
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  [[nodiscard]] const std::string& name() const;

  /// Fails one kind of call: the `nth` from now on (1: the next), once or for good.
  void fail(DiskCall call, std::int64_t nth, DiskFault fault, bool for_good = false);
  /// Fails whatever call is the `nth` from now on, of all kinds together.
  void fail_any(std::int64_t nth, DiskFault fault, bool for_good = false);
  /// As when the power goes: from the `nth` of one kind of call on, all calls of all kinds fail.
  void fail_all_from(DiskCall call, std::int64_t nth, DiskFault fault);
  /// From now on nothing fails.
  void heal();

  /// Calls of a kind since the beginning.
  [[nodiscard]] std::int64_t count(DiskCall call) const;
  /// Calls of all kinds since the beginning.
  [[nodiscard]] std::int64_t total() const;
  /// Faults that were answered.
  [[nodiscard]] std::int64_t hits() const;
  /// Bytes written since the beginning.
  [[nodiscard]] std::int64_t bytes_written() const;

  /// Lets each sync take this long, as slow media do.
  void set_sync_delay(std::int64_t microseconds);

  /// From now on writes are noted there until they are synced. One for all that share a disk; it
  /// must outlive the files.
  void note_writes_in(UnsyncedWrites* writes);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::test
