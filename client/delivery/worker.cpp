#include "client/delivery/worker.hpp"

#include "client/process/quiet_thread.hpp"

#include <utility>

namespace lodge::client {

void Worker::loop(Shared& shared) {
  std::unique_lock lock(shared.mutex);
  bool comes_again = true;  // the first pass is at once
  auto again = std::chrono::steady_clock::now();
  while (!shared.stopping) {
    const auto due = [&] { return shared.woken || shared.stopping; };
    if (comes_again) {
      shared.changed.wait_until(lock, again, due);
    } else {
      shared.changed.wait(lock, due);
    }
    if (shared.stopping) break;
    shared.woken = false;
    const std::uint64_t number = ++shared.begun;
    const bool eager = shared.eager > 0;
    lock.unlock();
    const Result result = shared.pass(eager);
    lock.lock();
    shared.done = number;
    if (result.idle && !shared.woken) shared.last_idle = number;
    comes_again = result.again_in.has_value();
    if (comes_again) again = std::chrono::steady_clock::now() + *result.again_in;
    shared.changed.notify_all();
  }
  shared.ended = true;
  shared.changed.notify_all();
}

void Worker::start(std::shared_ptr<void> keep_alive) {
  state_->ended = false;
  thread_ =
      start_quiet_thread("lodge-worker", [shared = state_, keep = std::move(keep_alive)]() mutable {
        loop(*shared);
        keep.reset();
      });
}

void Worker::wake() {
  std::function<void()> told;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->woken) return;
    told = state_->told;  // may find no memory: then nobody was woken yet
    state_->woken = true;
    if (told) ++state_->telling;
  }
  state_->changed.notify_all();
  if (told) tell(*state_, told);
}

void Worker::tell(Shared& shared, const std::function<void()>& told) {
  try {
    told();
  } catch (...) {
    // The host's own affair; whoever woke the worker cannot help it.
  }
  {
    const std::lock_guard lock(shared.mutex);
    --shared.telling;
  }
  shared.changed.notify_all();
}

Worker::Result Worker::run_once(bool eager) {
  const std::lock_guard by_hand(state_->by_hand);
  const auto take_woken = [&] {
    const std::lock_guard lock(state_->mutex);
    return std::exchange(state_->woken, false);
  };
  take_woken();
  Result result = state_->pass(eager);
  if (take_woken()) result = {.again_in = Duration::zero(), .idle = false};
  return result;
}

bool Worker::run_until_idle(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(state_->mutex);
  ++state_->eager;
  state_->woken = true;
  const std::uint64_t from = state_->begun;
  state_->changed.notify_all();
  const bool idle = state_->changed.wait_until(
      lock, deadline, [&] { return state_->last_idle > from || state_->ended; });
  --state_->eager;
  return idle;
}

bool Worker::wait_for_pass(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t from = state_->begun;
  return state_->changed.wait_for(lock, patience,
                                  [&] { return state_->done > from || state_->ended; });
}

bool Worker::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  if (std::exchange(state_->told, {})) {
    state_->changed.wait_for(lock, patience, [&] { return state_->telling == 0; });
  }
  if (!thread_.joinable()) return true;
  state_->stopping = true;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(lock, patience, [&] { return state_->ended; });
  lock.unlock();
  if (ended && thread_.get_id() != std::this_thread::get_id()) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return ended;
}

}  // namespace lodge::client
