#include "lodge/testing/network.hpp"

#include <utility>

namespace lodge::testing {

Route ScriptedNetwork::route(const std::string&, int) {
  const std::lock_guard lock(mutex_);
  return route_;
}

void ScriptedNetwork::on_change(std::function<void()> handler) {
  const std::lock_guard calling(calling_);
  handler_ = std::move(handler);
}

void ScriptedNetwork::set(Route route) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(route_, route) == route) return;
  }
  twitch();
}

void ScriptedNetwork::set_untold(Route route) {
  const std::lock_guard lock(mutex_);
  route_ = route;
}

void ScriptedNetwork::twitch() {
  const std::lock_guard calling(calling_);
  if (handler_) handler_();
}

}  // namespace lodge::testing
