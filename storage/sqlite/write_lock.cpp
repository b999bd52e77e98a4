#include "storage/sqlite/write_lock.hpp"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "lodge/error.hpp"
#include "storage/sqlite/write_lock_holder.hpp"

namespace lodge::storage {
namespace {

using namespace std::chrono_literals;

// Byte 0 is the right to write, byte 1 the right to be next. Who wants to write first becomes next,
// which a process that has just written cannot be while another waits there.
constexpr int writing = 0;
constexpr int next = 1;

// A process stopped while it is next must not stop the others: who has waited behind it in vain
// does not heed turns for this long.
constexpr auto without_courtesy = 1s;
constexpr auto without_turns = 1ms;

Error busy(const std::string& holder) {
  return {
      Errc::store_busy,
      (holder.empty() ? "Another process" : "Another writer, " + holder + ",") +
          " has been writing to the store for too long, or stands still in it. End that process "
          "(see who has the file \"-write\" open), or wait, then try again."};
}

}  // namespace

/// The right to write among the stores of this process.
struct WriteLock::InProcess {
  std::mutex mutex;
  std::condition_variable freed;
  bool taken = false;  // guarded by mutex
};

std::shared_ptr<WriteLock::InProcess> WriteLock::in_process(const std::string& store) {
  static auto* const all = new std::map<std::string, std::weak_ptr<InProcess>>;
  static auto* const guard = new std::mutex;
  const std::lock_guard lock(*guard);
  auto& known = (*all)[store];
  auto shared = known.lock();
  if (!shared) known = shared = std::make_shared<InProcess>();
  return shared;
}

WriteLock::WriteLock(const std::string& path, const std::string& vfs,
                     std::chrono::milliseconds courtesy)
    : path_(path + "-write"),
      courtesy_(courtesy),
      jitter_(static_cast<std::uint32_t>(getpid()) ^
              static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(this) >> 4U)) {
  if (vfs.empty())
    file_ = std::make_unique<FileLock>(path_);
  else
    in_process_ = in_process(vfs + '\n' + path);
}

WriteLock::~WriteLock() = default;

void WriteLock::lock(std::chrono::milliseconds patience) {
  if (in_process_) {
    std::unique_lock lock(in_process_->mutex);
    if (!in_process_->freed.wait_for(lock, patience, [&] { return !in_process_->taken; }))
      throw busy({});
    in_process_->taken = true;
    return;
  }
  if (!try_at_once()) wait_turn(Clock::now() + patience);
  // Its file was removed meanwhile: whoever came later has made another one, with its own locks.
  while (file_->reopen_if_moved())
    if (!try_at_once()) wait_turn(Clock::now() + patience);
}

void WriteLock::unlock() noexcept {
  if (!in_process_) return file_->unlock(writing, 1);
  {
    const std::lock_guard lock(in_process_->mutex);
    in_process_->taken = false;
  }
  in_process_->freed.notify_one();
}

bool WriteLock::try_at_once() {
  if (!file_->try_lock(writing, 2)) return false;
  file_->unlock(next, 1);
  return true;
}

void WriteLock::wait_turn(Clock::time_point deadline) {
  const bool heeds_turns = Clock::now() >= no_turns_until_;
  bool is_next = false;
  const auto take_next = [&] { return is_next = is_next || file_->try_lock(next, 1); };
  // Without turns who comes back would always be before those who look every now and then.
  const auto patience = heeds_turns ? courtesy_ : without_turns;
  if (!wait_until(std::min(deadline, Clock::now() + patience), take_next) && heeds_turns)
    no_turns_until_ = Clock::now() + without_courtesy;
  // Next all the same as soon as nobody else is.
  const bool got = wait_until(deadline, [&] {
    take_next();
    return file_->try_lock(writing, 1);
  });
  if (is_next) file_->unlock(next, 1);
  if (!got) throw busy(write_lock_holder(path_));
}

bool WriteLock::wait_until(Clock::time_point deadline, const std::function<bool()>& attempt) {
  // Short waits of uneven length: polls of several processes must not fall into step.
  auto longest = 100us;
  while (!attempt()) {
    if (Clock::now() >= deadline) return false;
    const auto part =
        std::uniform_int_distribution<std::int64_t>(longest.count() / 2, longest.count())(jitter_);
    std::this_thread::sleep_for(std::chrono::microseconds(part));
    longest = std::min<std::chrono::microseconds>(longest + longest / 8, 1ms);
  }
  return true;
}

}  // namespace lodge::storage
