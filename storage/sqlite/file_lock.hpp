#pragma once

#include <string>

#include "storage/sqlite/file_descriptor.hpp"

namespace lodge::storage {

/// A file whose bytes are locked, by this object alone, against every other of this and of other
/// processes (open-file-description locks: the kernel frees them when the process dies). Locks are
/// advice among lodges; nothing is written to the file.
///
/// A forked child has its copy of the descriptor closed at once, so that it never keeps a lock
/// alive. Threads: one at a time.
class FileLock {
 public:
  /// Creates the file (0600) where it is missing. Throws Error when it is a link or cannot be
  /// opened.
  explicit FileLock(std::string path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// Locks `count` bytes from `first`, at once or not at all. Throws Error when locks do not work
  /// here.
  bool try_lock(int first, int count);
  void unlock(int first, int count) noexcept;

  /// Opens the file anew when its path no longer leads to it; true when it did so (all locks are
  /// gone).
  bool reopen_if_moved();

 private:
  void open();
  void close() noexcept;

  std::string path_;
  FileDescriptor file_;
  int slot_ = -1;
};

}  // namespace lodge::storage
