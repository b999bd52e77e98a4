#pragma once

namespace lodge::client {

/// Is this thread inside an event handler? Calls that wait for the worker ask before they wait.
bool in_handler() noexcept;

/// Marks this thread as being inside an event handler. Nests.
class HandlerScope {
 public:
  HandlerScope() noexcept;
  ~HandlerScope();
  HandlerScope(const HandlerScope&) = delete;
  HandlerScope& operator=(const HandlerScope&) = delete;
};

}  // namespace lodge::client
