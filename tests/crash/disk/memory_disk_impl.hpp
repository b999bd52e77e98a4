#pragma once

#include <sqlite3.h>

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crash/disk/memory_disk.hpp"

namespace lodge::test {

/// The index of a log, shared by the connections to one database, and its locks.
struct SharedMemory {
  std::deque<std::vector<char>> regions{};
  std::array<int, SQLITE_SHM_NLOCK> shared{};
  std::array<bool, SQLITE_SHM_NLOCK> exclusive{};
  int users = 0;
};

/// The locks of a database file (a rollback journal's world).
struct FileLocks {
  int shared = 0;
  int holder_above = SQLITE_LOCK_NONE;  ///< the highest lock above shared that somebody holds
};

struct MemoryDisk::Impl {
  std::string name{};
  sqlite3_vfs vfs{};
  DiskImage now{};
  DiskImage from{};
  bool recording = false;
  std::vector<DiskOperation> log{};
  std::map<std::string, SharedMemory> shared{};
  std::map<std::string, FileLocks> locks{};
  Deceit deceit{};
  int syncs = 0;                              ///< of those recorded
  std::map<std::string, PagedFile> synced{};  ///< what the last sync of a file left
  std::function<void()> watch{};
  int writing_connections = 0;
  std::uint64_t chance = 1;

  /// Empties a file, or makes it what its last sync left.
  void forget_unsynced(const std::string& file, PagedFile& content) {
    const auto known = synced.find(file);
    const auto before = from.files.find(file);
    content = known != synced.end() ? known->second
                                    : (before != from.files.end() ? before->second : PagedFile());
  }

  void note(DiskOperation operation) {
    if (!recording) return;
    if (watch) watch();
    log.push_back(std::move(operation));
  }
};

/// SQLite allocates this for each open file.
struct MemoryFile {
  sqlite3_file base;
  MemoryDisk::Impl* disk;
  const std::string* name;
  PagedFile* content;
  int flags;
  int lock;
  int connection;  ///< number among the writing ones; 0: another
  SharedMemory* memory;
  unsigned shared_locks;
  unsigned exclusive_locks;
  bool power_safe_overwrite;
  bool folder_unsynced;  ///< a journal or log, and not synced yet since it was opened
};

inline MemoryFile& memory_file(sqlite3_file* file) { return *reinterpret_cast<MemoryFile*>(file); }

// The parts of the VFS.
void fill_vfs(MemoryDisk::Impl& disk);
const sqlite3_io_methods& memory_file_methods();
int lock_file(sqlite3_file* file, int level);
int unlock_file(sqlite3_file* file, int level);
int is_reserved(sqlite3_file* file, int* held);
int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** memory);
int lock_memory(sqlite3_file* file, int first, int count, int flags);
void memory_barrier(sqlite3_file* file);
int unmap_memory(sqlite3_file* file, int remove);

}  // namespace lodge::test
