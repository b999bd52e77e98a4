#include "client/curl/mailbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lodge::client {

void Mailbox::post(Command command) {
  const std::scoped_lock lock(mutex_);
  commands_.push_back(std::move(command));
  if (!std::exchange(sleeping_, false)) return;
  // Still locked: the thread cannot replace what wake_ refers to meanwhile.
  wake_();
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
  if (std::exchange(sleeping_, false)) wake_();
  const bool in_time = changed_.wait_for(lock, patience, [&] { return ended_; });
  lock.unlock();
  on_finished(nullptr);
  return in_time;
}

void Mailbox::wake_with(std::function<void()> wake) {
  const std::scoped_lock lock(mutex_);
  wake_ = std::move(wake);
}

bool Mailbox::take(std::vector<Command>& commands) {
  commands.clear();
  const std::scoped_lock lock(mutex_);
  sleeping_ = false;
  commands.swap(commands_);
  return !stopping_;
}

bool Mailbox::may_sleep() {
  const std::scoped_lock lock(mutex_);
  sleeping_ = commands_.empty() && !stopping_;
  return sleeping_;
}

void Mailbox::deliver(std::vector<Finished>& batch) {
  if (batch.empty()) return;
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = finished_.empty();
    if (first) {
      finished_.swap(batch);
    } else {
      std::ranges::move(batch, std::back_inserter(finished_));
    }
  }
  batch.clear();
  if (!first) return;
  const std::scoped_lock lock(notify_mutex_);
  if (notify_) notify_();
}

void Mailbox::ended() {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

}  // namespace lodge::client
