#pragma once

#include <condition_variable>
#include <mutex>

namespace lodge::client {

/// Lets whoever publishes wait for calls that are committing just now, and for these only: however
/// many come after them, it never starves. (A shared mutex would let it wait while they overlap.)
///
/// Threads: any.
class CommitOrder {
 public:
  /// A call that commits and then notes what it did.
  class Within {
   public:
    explicit Within(CommitOrder& order) : order_(order) {
      const std::lock_guard lock(order_.mutex_);
      side_ = order_.side_;
      ++order_.inside_[side_];
    }
    ~Within() {
      const std::lock_guard lock(order_.mutex_);
      if (--order_.inside_[side_] == 0 && side_ != order_.side_) order_.left_.notify_one();
    }
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    CommitOrder& order_;
    int side_ = 0;
  };

  /// Returns when every call that was within has left.
  void settle() {
    const std::lock_guard alone(settling_);
    std::unique_lock lock(mutex_);
    const int before = side_;
    side_ = 1 - side_;
    left_.wait(lock, [&] { return inside_[before] == 0; });
  }

 private:
  std::mutex settling_;
  std::mutex mutex_;
  std::condition_variable left_;
  int side_ = 0;
  int inside_[2] = {0, 0};
};

}  // namespace lodge::client
