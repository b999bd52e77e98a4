#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace lodge::test {

/// True when this process holds SQLite's shared lock on a database file, as another process sees
/// it. (A process loses its POSIX locks on a file when it closes any descriptor of it.)
inline bool holds_shared_lock(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = 0x40000002;  // SQLite's file format: the shared range
    range.l_len = 510;
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    _exit(file >= 0 && fcntl(file, F_GETLK, &range) == 0 && range.l_type != F_UNLCK ? 0 : 1);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace lodge::test
