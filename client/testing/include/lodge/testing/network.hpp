#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "lodge/network.hpp"

namespace lodge::testing {

/// A NetworkSource that says what the test tells it. For Options::network; like every source it
/// serves one client. Threads: any.
class ScriptedNetwork final : public NetworkSource {
 public:
  Route route(const std::string& host, int port) override;
  void on_change(std::function<void()> handler) override;

  /// From now on every host is reached so; the client is told if that is news.
  void set(Route route);
  /// The same, and the system fails to tell anybody.
  void set_untold(Route route);
  /// The system reports a change that means nothing, as it does many times a day.
  void twitch();

 private:
  std::mutex mutex_;
  Route route_ = Route::exists;
  std::mutex calling_;  ///< held while the handler runs, so that replacing it can wait
  std::function<void()> handler_;
};

}  // namespace lodge::testing
