#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

#include "client/process/wake_pipe.hpp"
#include "lodge/transport.hpp"

namespace lodge::client {

struct StartTransfer {
  TransferId id = 0;
  Request request{};
};

struct CancelTransfer {
  TransferId id = 0;
};

struct RecallTransfer {
  TransferId id = 0;
};

struct ForgetConnections {};

/// What the owner of a transport asks its thread to do, carried out in the order asked.
using Command = std::variant<StartTransfer, CancelTransfer, RecallTransfer, ForgetConnections>;

/// What a transport's owner and its thread share: commands one way, finished transfers the other.
/// The thread is woken only when it sleeps, the owner once per batch.
///
/// Threads: the first group is the owner's, the second the thread's. Errors: without descriptors
/// the constructor throws std::system_error. Where memory is wanting it and post() throw; the
/// thread's members do not, and lose nothing.
class Mailbox {
 public:
  /// That many commands can be posted before the thread takes them without asking for memory.
  explicit Mailbox(std::size_t room);

  void post(Command command);
  std::vector<Finished> collect();
  void on_finished(std::function<void()> notify);
  /// Asks the thread to end. True when it did so in time; else it will call nothing any more.
  bool stop(std::chrono::milliseconds patience);

  /// Commands to carry out and then to remove: those that were left of the last, or else those that
  /// came since. Null: end now.
  std::vector<Command>* take() noexcept;
  /// True: sleep now, until bell() is readable. False: there is something to take.
  bool may_sleep() noexcept;
  [[nodiscard]] const WakePipe& bell() const { return bell_; }
  /// Hands over what ended, leaves `batch` empty and tells the owner. False: part of that is still
  /// to be done, by calling again a moment later.
  bool deliver(std::vector<Finished>& batch) noexcept;
  void ended() noexcept;

 private:
  bool hand_over(std::vector<Finished>& batch) noexcept;
  bool tell() noexcept;

  const WakePipe bell_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Command> commands_;
  std::vector<Finished> finished_;
  bool sleeping_ = false;
  bool stopping_ = false;
  bool ended_ = false;

  // The thread's own.
  std::vector<Command> taken_;
  bool untold_ = false;

  // Not mutex_: the function may call back.
  std::mutex notify_mutex_;
  std::function<void()> notify_;
};

}  // namespace lodge::client
