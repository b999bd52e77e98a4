#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "lodge/time.hpp"

namespace lodge::client {

/// Runs passes on a thread of its own: when woken, and when a pass said it wants to look again.
/// Between passes it sleeps; an idle worker never wakes up. Without a thread, run_once does the
/// same by hand.
class Worker {
 public:
  /// What a pass came to.
  struct Result {
    std::optional<Duration> again_in{};  ///< empty: after a wake
    bool idle = false;                   ///< nothing under way and nothing due
  };
  /// `eager`: somebody waits for the outcome. Must not throw.
  using Pass = std::function<Result(bool eager)>;

  /// `told`: called after a wake, on the thread that woke, without a lock held; once until the next
  /// pass. Not after stop(), which waits for a call under way.
  explicit Worker(Pass pass, std::function<void()> told = {})
      : state_(std::make_shared<Shared>(std::move(pass), std::move(told))) {}
  ~Worker() { stop(std::chrono::milliseconds(0)); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// `keep_alive` is held by the thread until it ends, so that a worker which hangs in the host's
  /// code can be left behind.
  void start(std::shared_ptr<void> keep_alive);

  void wake();

  /// Runs eager passes until one is idle; false when `patience` ran out first. Any thread but the
  /// worker's.
  bool run_until_idle(std::chrono::milliseconds patience);

  /// Waits for the end of a pass that begins after this call; false when `patience` ran out first.
  bool wait_for_pass(std::chrono::milliseconds patience);

  // For clients without threads.

  /// One pass on the calling thread. One thread at a time; a handler may call it within a pass.
  Result run_once(bool eager);

  /// Waits for a wake that no pass has seen, at most `patience`.
  void wait_for_wake(std::chrono::milliseconds patience);

  /// While one lives, its holder runs the passes and sees each wake: nobody is told. At its end
  /// that is made up for, once, if a wake came after the last pass.
  class ByHand {
   public:
    explicit ByHand(Worker& worker);
    ~ByHand();
    ByHand(const ByHand&) = delete;
    ByHand& operator=(const ByHand&) = delete;

   private:
    Worker& worker_;
  };

  /// Waits that long for the thread; then leaves it behind. True when it ended.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct Shared {
    Shared(Pass p, std::function<void()> t) : pass(std::move(p)) {
      if (t) told = std::make_shared<const std::function<void()>>(std::move(t));
    }
    Pass pass;
    std::shared_ptr<const std::function<void()>> told;  ///< may be empty
    int telling = 0;                                    ///< calls of `told` under way
    int by_hand = 0;                                    ///< how many ByHand live
    std::recursive_mutex passing;  ///< of run_once; taken before the other
    std::mutex mutex;
    std::condition_variable changed;
    bool woken = false;
    bool stopping = false;
    bool ended = true;
    int eager = 0;            ///< how many callers wait
    std::uint64_t begun = 0;  ///< passes
    std::uint64_t done = 0;
    std::uint64_t last_idle = 0;  ///< the newest pass that was idle
  };
  static void loop(Shared& shared);
  /// After a wake; unlocks.
  static void tell(Shared& shared, std::unique_lock<std::mutex> lock);

  std::shared_ptr<Shared> state_;
  std::thread thread_{};
};

}  // namespace lodge::client
