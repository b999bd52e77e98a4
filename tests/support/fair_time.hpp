#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace lodge::test {

/// Measures time for promises such as "closes within 2 s" as this machine let threads run: a thread
/// that asks for one tick after the other counts them. On a quiet machine that is the wall's time;
/// on one where threads wait for their turn it is less, by what they waited.
class FairTime {
 public:
  FairTime()
      : thread_([this] {
          std::unique_lock lock(mutex_);
          while (!changed_.wait_for(lock, tick, [this] { return ended_; })) ++ticks_;
        }) {}
  ~FairTime() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  FairTime(const FairTime&) = delete;
  FairTime& operator=(const FairTime&) = delete;

  /// Since it was made.
  [[nodiscard]] std::chrono::milliseconds passed() const { return ticks_.load() * tick; }

 private:
  static constexpr std::chrono::milliseconds tick{2};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::atomic<int> ticks_{0};
  std::thread thread_;
};

}  // namespace lodge::test
