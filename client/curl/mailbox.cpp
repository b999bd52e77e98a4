#include "client/curl/mailbox.hpp"

#include <algorithm>
#include <iterator>
#include <new>
#include <type_traits>
#include <utility>

namespace lodge::client {

// What is handed over is moved where there is room, and cannot be lost half-way.
static_assert(std::is_nothrow_move_constructible_v<Finished>);
static_assert(std::is_nothrow_move_assignable_v<Command>);

Mailbox::Mailbox(std::size_t room) {
  commands_.reserve(room);
  taken_.reserve(room);
}

void Mailbox::post(Command command) {
  const std::scoped_lock lock(mutex_);
  commands_.push_back(std::move(command));
  if (std::exchange(sleeping_, false)) bell_.signal();
}

std::vector<Finished> Mailbox::collect() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(finished_, {});
}

void Mailbox::on_finished(std::function<void()> notify) {
  const std::scoped_lock lock(notify_mutex_);
  notify_ = std::move(notify);
}

bool Mailbox::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  if (std::exchange(sleeping_, false)) bell_.signal();
  const bool in_time = changed_.wait_for(lock, patience, [&] { return ended_; });
  lock.unlock();
  on_finished(nullptr);
  return in_time;
}

std::vector<Command>* Mailbox::take() noexcept {
  const std::scoped_lock lock(mutex_);
  sleeping_ = false;
  if (taken_.empty()) taken_.swap(commands_);
  return stopping_ ? nullptr : &taken_;
}

bool Mailbox::may_sleep() noexcept {
  const std::scoped_lock lock(mutex_);
  sleeping_ = commands_.empty() && !stopping_;
  return sleeping_;
}

bool Mailbox::deliver(std::vector<Finished>& batch) noexcept {
  const bool handed_over = batch.empty() || hand_over(batch);
  return tell() && handed_over;
}

bool Mailbox::hand_over(std::vector<Finished>& batch) noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    if (finished_.empty()) {
      finished_.swap(batch);
      untold_ = true;
    } else {
      const std::size_t needed = finished_.size() + batch.size();
      if (needed > finished_.capacity()) finished_.reserve(std::max(needed, 2 * finished_.size()));
      std::ranges::move(batch, std::back_inserter(finished_));
    }
  } catch (const std::bad_alloc&) {
    return false;
  }
  batch.clear();
  return true;
}

// Whoever is told should not throw; one that did for want of memory is told again.
bool Mailbox::tell() noexcept {
  if (!untold_) return true;
  const std::scoped_lock lock(notify_mutex_);
  try {
    if (notify_) notify_();
  } catch (...) {
    return false;
  }
  untold_ = false;
  return true;
}

void Mailbox::ended() noexcept {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

}  // namespace lodge::client
