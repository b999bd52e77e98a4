#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace lodge::client {

/// The handler of a network source. Once set() returns, the earlier one is not running and will not
/// be called, unless it was the one that called set().
class ChangeHandler {
 public:
  void set(std::function<void()> handler) {
    const std::lock_guard lock(mutex_);
    handler_ = std::make_shared<const std::function<void()>>(std::move(handler));
  }

  void call() {
    const std::lock_guard lock(mutex_);
    const auto handler = handler_;  // it may replace itself
    if (!handler || !*handler) return;
    try {
      (*handler)();
    } catch (...) {
      // A network thread has nobody to tell.
    }
  }

 private:
  std::recursive_mutex mutex_;  // a handler may set the next one
  std::shared_ptr<const std::function<void()>> handler_;
};

}  // namespace lodge::client
