#include "client/process/process_fd.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "client/process/unique_fd.hpp"
#include "lodge/error.hpp"
#include "storage/sqlite/system_error.hpp"

namespace lodge::client {

namespace {

Errc meaning_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
    case ELOOP:
      return Errc::permission;
    case EROFS:
      return Errc::read_only;
    case ENOSPC:
    case EDQUOT:
      return Errc::disk_full;
    case EISDIR:
      return Errc::not_a_store;
    default:
      return Errc::io;
  }
}

}  // namespace

int open_store_file(const std::filesystem::path& path) {
  constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  UniqueFd fd(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
  if (!fd) {
    const int error = errno;
    if (error == EMFILE || error == ENFILE) throw storage::system_error(error, {});
    throw Error(meaning_of(error), "Cannot open " + path.string() + ": " +
                                       std::generic_category().message(error) +
                                       ". Check who owns it and its folder.");
  }
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
    throw Error(Errc::not_a_store, path.string() + " is not a file. Move it out of the way.");
  }
  return fd.release();
}

/// All descriptors that a forked child must not keep. Never destroyed: a fork may come last.
class ForkRegistry {
 public:
  static ForkRegistry& get() {
    static auto* registry = new ForkRegistry;
    return *registry;
  }

  // Opened under the mutex: a fork sees either no descriptor or a registered one.
  void open(ProcessFd& one, const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    all_.reserve(all_.size() + 1);
    one.fd_ = open_store_file(path);
    all_.push_back(&one);
  }

  void close(ProcessFd& one) {
    const std::lock_guard lock(mutex_);
    all_.erase(std::remove(all_.begin(), all_.end(), &one), all_.end());
    if (one.fd_ >= 0) ::close(std::exchange(one.fd_, -1));
  }

 private:
  ForkRegistry() {
    ::pthread_atfork([] { get().mutex_.lock(); }, [] { get().mutex_.unlock(); },
                     [] {
                       for (auto* one : get().all_) ::close(std::exchange(one->fd_, -1));
                       get().all_.clear();
                       get().mutex_.unlock();
                     });
  }

  std::mutex mutex_;
  std::vector<ProcessFd*> all_;
};

ProcessFd::ProcessFd(const std::filesystem::path& path) { ForkRegistry::get().open(*this, path); }

ProcessFd::~ProcessFd() { ForkRegistry::get().close(*this); }

}  // namespace lodge::client
