#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace lodge::client {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What a PollThread does.
class PollTask {
 public:
  struct Next {
    std::optional<SteadyTime> at{};  ///< call step() then at the latest; empty: no such time
    bool listen = true;              ///< false: until `at` even a readable descriptor waits
  };

  PollTask() = default;
  PollTask(const PollTask&) = delete;
  PollTask& operator=(const PollTask&) = delete;
  virtual ~PollTask() = default;

  /// What to wait for. Asked once, must stay open as long as the task lives.
  [[nodiscard]] virtual std::vector<int> descriptors() const = 0;

  /// Called once at the start, when a descriptor is readable or in error, when the time it asked
  /// for has come, and after poke(). Should return quickly; an exception ends the thread's work on
  /// this step only.
  virtual Next step() = 0;
};

/// One thread that blocks in poll() until there is something to do: no wake-up while nothing
/// happens. All signals of the host stay off it.
///
/// The destructor ends the thread and returns within a second: a step that hangs longer is left
/// behind with the task, which it owns too. It may run on the thread itself. In a forked child,
/// where the thread does not exist, it does nothing.
class PollThread {
 public:
  /// `name` is what the system shows: a literal of at most 15 characters. Throws std::system_error
  /// without a thread.
  PollThread(const char* name, std::shared_ptr<PollTask> task);
  PollThread(const PollThread&) = delete;
  PollThread& operator=(const PollThread&) = delete;
  ~PollThread();

  /// Has step() called soon. Any thread.
  void poke();

 private:
  struct Shared;
  static void run(Shared& shared, const char* name);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace lodge::client
