#include "client/process/flush_turn.hpp"

#include <array>
#include <cstddef>
#include <system_error>
#include <utility>

#include "client/process/system_shortage.hpp"

namespace lodge::client {

namespace {

using std::chrono::milliseconds;

std::filesystem::path beside(std::filesystem::path store, const char* suffix) {
  return store += suffix;
}

// The kernel tells of the close before it drops the lock, so the first look is often too early.
constexpr std::array later{milliseconds(1),  milliseconds(4),   milliseconds(16),
                           milliseconds(64), milliseconds(256), milliseconds(1000)};

}  // namespace

FlushTurn::FlushTurn(const std::filesystem::path& store, std::function<void()> wake,
                     std::optional<FileWatch::Method> method)
    : wake_(std::move(wake)),
      method_(method),
      lock_(std::make_shared<FlushLock>(beside(store, "-flush"))),
      bell_(beside(store, "-wake")) {}

// Not left to the shared pointer: a thread that hangs in `wake` still has a copy of it.
FlushTurn::~FlushTurn() { lock_->release(); }

bool FlushTurn::take(Time now) {
  if (!lock_->in_own_process()) return lock_->try_acquire(now);
  const std::lock_guard lock(mutex_);
  if (!method_) return took(now);
  watch_files();
  if (took(now)) return true;
  watch_lock();
  return took(now);  // it may have become free before the watch began
}

void FlushTurn::watch_files() {
  if (files_) return;
  try {
    files_.emplace(*method_);
  } catch (const std::system_error& error) {
    throw system_shortage(error);
  }
}

bool FlushTurn::took(Time now) {
  bell_.create();
  if (!lock_->try_acquire(now)) return false;
  if (method_) watch_bell();
  lock_->note_activity(now);
  return true;
}

void FlushTurn::give_back() {
  if (!lock_->in_own_process()) return;
  const std::lock_guard lock(mutex_);
  if (files_) {
    files_->forget(lock_->path());
    files_->forget(bell_.path());
  }
  watching_ = Watching::nothing;
  lock_->release();
}

bool FlushTurn::ring() { return lock_->in_own_process() && (lock_->held() || bell_.touch()); }

void FlushTurn::watch_lock() {
  if (std::exchange(watching_, Watching::lock) == Watching::lock) return;
  files_->forget(bell_.path());
  const auto when_free = [lock = lock_, wake = wake_](int round) -> std::optional<milliseconds> {
    const auto next = static_cast<std::size_t>(round);
    if (lock->holder()) return next < later.size() ? std::optional(later[next]) : std::nullopt;
    wake();
    return std::nullopt;
  };
  files_->watch(lock_->path(), FileWatch::Event::closed, when_free);
}

void FlushTurn::watch_bell() {
  if (watching_ == Watching::bell) return;
  files_->forget(lock_->path());
  files_->watch(bell_.path(), FileWatch::Event::written,
                [wake = wake_](int) -> std::optional<milliseconds> {
                  wake();
                  return std::nullopt;
                });
  watching_ = Watching::bell;
}

}  // namespace lodge::client
