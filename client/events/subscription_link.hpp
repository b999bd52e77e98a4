#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "lodge/event.hpp"

namespace lodge {

/// One handler, between the bus that calls it and the Subscription that may end it at any moment.
struct Subscription::Link {
  /// `after`: the newest batch of events that it does not get any more.
  Link(EventHandler called, std::uint64_t after_batch)
      : after(after_batch), handler_(std::move(called)) {}

  const std::uint64_t after;

  /// Calls the handler, unless ended. Returns the words of what it threw.
  std::optional<std::string> call(const Event& event);

  /// No call begins from here on. Waits for one under way on another thread, then releases the
  /// handler.
  void end() noexcept;

 private:
  struct Turn;

  std::mutex mutex_;
  std::condition_variable returned_;
  EventHandler handler_;
  std::thread::id caller_{};  ///< whose call is under way; none: no thread
  bool ended_ = false;
  bool ended_inside_ = false;  ///< by its own handler: released when that returns
};

}  // namespace lodge
