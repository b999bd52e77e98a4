#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

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
/// Threads: the first group is the owner's, the second the thread's.
class Mailbox {
 public:
  void post(Command command);
  std::vector<Finished> collect();
  void on_finished(std::function<void()> notify);
  /// Asks the thread to end. True when it did so in time; else it will call nothing any more.
  bool stop(std::chrono::milliseconds patience);

  /// Sets what ends the thread's sleep. It is called with the mailbox locked, from any thread.
  void wake_with(std::function<void()> wake);
  /// Replaces `commands` by those that came since the last call. False: end now.
  bool take(std::vector<Command>& commands);
  /// True: sleep now, wake() will be called. False: there is something to take.
  bool may_sleep();
  /// Hands over what ended, and leaves `batch` empty.
  void deliver(std::vector<Finished>& batch);
  void ended();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Command> commands_;
  std::vector<Finished> finished_;
  std::function<void()> wake_;
  bool sleeping_ = false;
  bool stopping_ = false;
  bool ended_ = false;

  // Not mutex_: the function may call back.
  std::mutex notify_mutex_;
  std::function<void()> notify_;
};

}  // namespace lodge::client
