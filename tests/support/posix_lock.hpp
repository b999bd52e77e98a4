#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace lodge::test {

/// True when this process holds a POSIX lock on those bytes of a file, as another process sees it.
/// (A process loses its locks on a file when it closes any descriptor of it.)
inline bool holds_lock(const std::string& path, off_t first, off_t count) {
  const pid_t child = fork();
  if (child == 0) {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = first;
    range.l_len = count;
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    _exit(file >= 0 && fcntl(file, F_GETLK, &range) == 0 && range.l_type != F_UNLCK ? 0 : 1);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

/// SQLite's shared lock on a database file: the shared range of its file format.
inline bool holds_shared_lock(const std::string& path) { return holds_lock(path, 0x40000002, 510); }

/// SQLite's lock on the log's index, which says that somebody uses it ("deadman switch").
inline bool holds_index_lock(const std::string& path) { return holds_lock(path + "-shm", 128, 1); }

}  // namespace lodge::test
