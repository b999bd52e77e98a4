#pragma once

#include <sys/types.h>

#include <filesystem>

namespace lodge::client {

/// Opens (and makes, 0600) a file that belongs to the store. Never follows a link, never blocks,
/// never survives exec. Throws lodge::Error with a sentence: permission, read_only, disk_full, io;
/// `not_a_store` for anything but a regular file. Returns a descriptor that the caller owns.
int open_store_file(const std::filesystem::path& path);

/// A descriptor for this process alone: a forked child closes its copy before fork() returns there,
/// so that a lock on it ends with this process. (A child made by a bare clone(2) keeps it until it
/// ends.) Threads: any, but not two at once on one object.
class ProcessFd {
 public:
  explicit ProcessFd(const std::filesystem::path& path);
  ProcessFd(const ProcessFd&) = delete;
  ProcessFd& operator=(const ProcessFd&) = delete;
  ~ProcessFd();

  /// -1 in a forked child.
  [[nodiscard]] int get() const { return fd_; }

 private:
  friend class ForkRegistry;
  int fd_ = -1;
};

}  // namespace lodge::client
