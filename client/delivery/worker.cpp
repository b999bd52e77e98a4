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
  std::unique_lock lock(state_->mutex);
  if (state_->woken) return;
  state_->woken = true;
  tell(*state_, std::move(lock));
}

void Worker::tell(Shared& shared, std::unique_lock<std::mutex> lock) {
  const auto told = shared.by_hand == 0 ? shared.told : nullptr;
  if (told) ++shared.telling;
  lock.unlock();
  shared.changed.notify_all();
  if (!told) return;
  try {
    (*told)();
  } catch (...) {
    // The host's own affair; whoever woke the worker cannot help it.
  }
  lock.lock();
  --shared.telling;
  lock.unlock();
  shared.changed.notify_all();
}

Worker::ByHand::ByHand(Worker& worker) : worker_(worker) {
  const std::lock_guard lock(worker_.state_->mutex);
  ++worker_.state_->by_hand;
}

Worker::ByHand::~ByHand() {
  std::unique_lock lock(worker_.state_->mutex);
  --worker_.state_->by_hand;
  if (worker_.state_->woken) tell(*worker_.state_, std::move(lock));
}

Worker::Result Worker::run_once(bool eager) {
  const std::lock_guard passing(state_->passing);
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

void Worker::wait_for_wake(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, patience, [&] { return state_->woken; });
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
