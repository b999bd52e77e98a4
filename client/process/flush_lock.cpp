#include "client/process/flush_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "client/process/file_lock.hpp"
#include "client/process/holder_text.hpp"
#include "client/process/unique_fd.hpp"
#include "lodge/error.hpp"
#include "storage/sqlite/file_identity.hpp"

namespace lodge::client {

namespace {

// False when the path names another file by now, or none.
bool is_file_at(int fd, const std::filesystem::path& path) {
  const auto open_file = storage::identity_of(fd);
  return open_file && open_file == storage::identity_at(path);
}

bool lock_of(int fd, const std::filesystem::path& path) {
  try {
    return try_lock(fd);
  } catch (const std::system_error& error) {
    throw Error(Errc::io, "Cannot lock " + path.string() + ": " + error.code().message() +
                              ". Put the store on a local disk.");
  }
}

// There is a pass after each submit, and people need no better than seconds.
constexpr std::chrono::seconds note_every{1};

}  // namespace

bool FlushLock::try_acquire(Time now) {
  if (!in_own_process()) {
    throw Error(Errc::wrong_process,
                "This client was opened before a fork. Open another after exec, or fork first.");
  }
  const std::lock_guard lock(mutex_);
  if (holds()) return true;
  locked_ = false;
  // The file may be replaced between opening and locking; then the lock is worth nothing.
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (file_ && !is_file_at(file_->get(), path_)) file_.reset();
    if (!file_) file_.emplace(path_);
    if (!lock_of(file_->get(), path_)) return false;
    if (!is_file_at(file_->get(), path_)) continue;
    locked_ = true;
    since_ = now;
    [[maybe_unused]] const int ignored = ::ftruncate(file_->get(), 0);
    write_down(now);
    return true;
  }
  return false;
}

void FlushLock::release() noexcept {
  // In a forked child the mutex may be held for ever, and unlocking would free the parent's lock.
  if (!in_own_process()) return;
  const std::lock_guard lock(mutex_);
  if (locked_) {
    [[maybe_unused]] const int ignored = ::ftruncate(file_->get(), 0);
    // Before the close, which tells those who wait.
    unlock(file_->get());
    locked_ = false;
  }
  file_.reset();
}

bool FlushLock::held() const {
  if (!in_own_process()) return false;
  const std::lock_guard lock(mutex_);
  return holds();
}

bool FlushLock::holds() const { return locked_ && is_file_at(file_->get(), path_); }

void FlushLock::note_activity(Time now) {
  if (!in_own_process()) return;
  const std::lock_guard lock(mutex_);
  const bool noted = now >= noted_ && now - noted_ < note_every;
  if (locked_ && !noted) write_down(now);
}

// For people only: a full disk must not keep anybody from delivering.
void FlushLock::write_down(Time active) {
  const auto text = holder_text({::getpid(), since_, active});
  [[maybe_unused]] const auto ignored = ::pwrite(file_->get(), text.data(), text.size(), 0);
  noted_ = active;
}

std::optional<FlushHolder> FlushLock::holder() const {
  // Reading only: closing a writable descriptor would wake everybody who waits for the lock.
  const UniqueFd file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file || !is_locked_elsewhere(file.get())) return std::nullopt;
  std::array<char, 256> text{};
  const auto size = ::pread(file.get(), text.data(), text.size(), 0);
  return parse_holder(std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0));
}

}  // namespace lodge::client
