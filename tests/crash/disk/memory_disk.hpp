#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crash/disk/paged_file.hpp"

namespace lodge::test {

/// What a disk holds: its files by name. Cheap to copy.
struct DiskImage {
  std::map<std::string, PagedFile> files{};
  [[nodiscard]] std::uint64_t digest() const;
};

/// One operation that a disk may or may not have brought to its medium when the power goes.
struct DiskOperation {
  enum class Kind { create, write, truncate, sync, failed_sync, remove, sync_folder };
  Kind kind = Kind::write;
  std::string file{};
  std::int64_t offset = 0;  ///< of a write; the new size of a truncation
  std::string bytes{};      ///< of a write
  bool lasting = false;     ///< a removal whose folder was synced
};

/// How a disk, or who opens it, deceives. For controls: a harness that sees no harm here is blind.
struct Deceit {
  /// What `PRAGMA synchronous` really sets, while it is read back as asked for. Empty: as asked.
  std::string synchronous{};
  /// Only the writing connections from this one on (1: the first).
  int from_connection = 1;
  /// Syncs are answered, and nothing is synced.
  bool lies_about_sync = false;
  /// This sync of those recorded (1: the first) fails. The system takes what it was to bring to the
  /// medium for written from then on: no later sync does. 0: none fails.
  int failing_sync = 0;
  /// Whoever asked for that sync is told.
  bool tells = true;
  /// From then on the system reads what the medium has, as if its memory had been needed.
  bool forgets = false;
  /// `PRAGMA journal_mode = WAL` sets nothing, and is read back as asked for.
  bool keeps_rollback_journal = false;
};

/// A disk in memory for SQLite (its VFS is registered under name()): files, the locks on them, and
/// a log of what was done to them since record(). One for a thread; it outlives its connections.
class MemoryDisk {
 public:
  MemoryDisk();
  ~MemoryDisk();
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  [[nodiscard]] const std::string& name() const;

  [[nodiscard]] const DiskImage& image() const;
  /// No connection may be open.
  void load(const DiskImage& image);

  /// From now on operations are logged; what is there counts as being on the medium.
  void record();
  void stop_recording();
  [[nodiscard]] const DiskImage& recorded_from() const;
  [[nodiscard]] const std::vector<DiskOperation>& log() const;
  /// How many operations have been logged: a place in time.
  [[nodiscard]] std::size_t position() const { return log().size(); }

  /// Of what SQLite reads of a database with a log, once a connection is open: each page from the
  /// log, as far as SQLite, when it recovered, took it for committed, or else from the file. 0: no
  /// connection has looked yet.
  [[nodiscard]] std::uint64_t committed_digest(const std::string& database) const;

  /// Lets SQLite recover the database, and no more: the same digest as committed_digest() gives
  /// once a client has opened it, for a fraction of the cost. Without a log: of the disk as SQLite
  /// leaves it once it has undone what was cut short. 0: SQLite cannot open it.
  [[nodiscard]] std::uint64_t recovered_digest(const std::string& database) const;

  void deceive(const Deceit& deceit);
  /// Called before each operation is logged.
  void watch(std::function<void()> before);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::test
