#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "client/events/handler_scope.hpp"
#include "lodge/event.hpp"

namespace lodge {

/// Brings events to their handlers, one call at a time and in the order of publish().
///
/// Threads: any member from any thread, also from a handler. Without `post`, handlers run inside
/// publish; where another thread is delivering already, that one delivers these too and publish
/// returns at once. What a handler publishes comes after the batch under way, for every handler.
/// With `post`, each batch becomes one job, in order. No lock is held while a handler runs. Errors:
/// a handler that throws costs the others nothing; it becomes a handler_failed event and a log
/// line, and only the log line where it fails on handler_failed itself. publish throws
/// std::bad_alloc alone.
class EventBus {
 public:
  using Post = std::function<void(std::function<void()>)>;
  using Log = std::function<void(const LogLine&)>;

  explicit EventBus(Post post = {}, Log log = {});
  /// close()
  ~EventBus();
  EventBus(const EventBus&) = delete;
  EventBus& operator=(const EventBus&) = delete;

  /// Calls `handler` for everything published from now on, until the Subscription ends; that
  /// may be after the bus. Errc::invalid_argument for an empty one.
  [[nodiscard]] Subscription subscribe(EventHandler handler);

  void publish(std::vector<Event> events);

  /// No call begins any more, nor does a job posted earlier make one. Waits at most `patience` for
  /// a call under way on another thread.
  void close(std::chrono::milliseconds patience = std::chrono::milliseconds(500)) noexcept;

 private:
  struct Core;
  std::shared_ptr<Core> core_;  ///< jobs of the host may outlive the bus
  Post post_;
};

}  // namespace lodge
