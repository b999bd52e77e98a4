#include "client/process/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace lodge::client {

namespace {

int retried(int fd, auto call) {
  int result = 0;
  do result = call(fd);
  while (result != 0 && errno == EINTR);
  return result;
}

#ifdef F_OFD_SETLK

struct flock whole_file(short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  return range;
}

int take(int fd) {
  auto range = whole_file(F_WRLCK);
  return ::fcntl(fd, F_OFD_SETLK, &range);
}

int drop(int fd) {
  auto range = whole_file(F_UNLCK);
  return ::fcntl(fd, F_OFD_SETLK, &range);
}

#else

int take(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB); }
int drop(int fd) { return ::flock(fd, LOCK_UN); }

#endif

}  // namespace

bool try_lock(int fd) {
  if (retried(fd, take) == 0) return true;
  if (errno == EAGAIN || errno == EACCES || errno == EWOULDBLOCK) return false;
  throw std::system_error(errno, std::generic_category(), "lock");
}

void unlock(int fd) noexcept { retried(fd, drop); }

bool is_locked_elsewhere(int fd) noexcept {
#ifdef F_OFD_SETLK
  auto range = whole_file(F_WRLCK);
  return ::fcntl(fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
#else
  if (::flock(fd, LOCK_SH | LOCK_NB) != 0) return true;
  ::flock(fd, LOCK_UN);
  return false;
#endif
}

}  // namespace lodge::client
