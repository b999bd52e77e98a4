#include "storage/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <utility>

#include "storage/sqlite/file_identity.hpp"
#include "storage/sqlite/system_error.hpp"

namespace lodge::storage {
namespace {

// Descriptors to close in a forked child, each plus one; 0: free. Nothing else may be touched
// there.
constinit std::array<std::atomic<int>, 256> held{};

void close_in_child() {
  for (auto& slot : held) {
    const int descriptor = slot.exchange(0) - 1;
    if (descriptor >= 0) ::close(descriptor);
  }
}

int remember(int descriptor) {
  static const int registered = pthread_atfork(nullptr, nullptr, close_in_child);
  static_cast<void>(registered);
  for (std::size_t i = 0; i < held.size(); ++i) {
    int expected = 0;
    if (held[i].compare_exchange_strong(expected, descriptor + 1)) return static_cast<int>(i);
  }
  return -1;  // beyond 256 open locks a child keeps its copies until it ends
}

int set_lock(int descriptor, short kind, int first, int count) {
  struct flock range {};
  range.l_type = kind;
  range.l_whence = SEEK_SET;
  range.l_start = first;
  range.l_len = count;
  return fcntl(descriptor, F_OFD_SETLK, &range);
}

}  // namespace

FileLock::FileLock(std::string path) : path_(std::move(path)) { open(); }

FileLock::~FileLock() { close(); }

void FileLock::open() {
  FileDescriptor file(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!file) throw system_error(errno, "opening a lock beside the store");
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || (status.st_size == 0 && fchmod(file.get(), 0600) != 0))
    throw system_error(errno, "opening a lock beside the store");
  if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
    throw Error(Errc::permission,
                "A lock file beside the store is not a file of this user. Remove it.");
  file_ = std::move(file);
  slot_ = remember(file_.get());
}

void FileLock::close() noexcept {
  // In a forked child the slot was emptied and the descriptor closed: its number may be another's
  // now.
  if (slot_ >= 0) {
    int expected = file_.get() + 1;
    if (!held[static_cast<std::size_t>(slot_)].compare_exchange_strong(expected, 0))
      file_.release();
  }
  slot_ = -1;
  file_ = FileDescriptor();
}

bool FileLock::try_lock(int first, int count) {
  if (!file_) open();
  while (set_lock(file_.get(), F_WRLCK, first, count) != 0) {
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) throw system_error(errno, "locking the store");
  }
  return true;
}

void FileLock::unlock(int first, int count) noexcept {
  static_cast<void>(set_lock(file_.get(), F_UNLCK, first, count));
}

bool FileLock::reopen_if_moved() {
  const auto ours = identity_of(file_.get());
  if (ours && ours == identity_at(path_)) return false;
  close();
  open();
  return true;
}

}  // namespace lodge::storage
