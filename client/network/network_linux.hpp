#pragma once

#ifdef __linux__

#include <memory>

#include "client/network/change_merger.hpp"
#include "client/network/poll_thread.hpp"
#include "client/network/route_finder.hpp"
#include "lodge/network.hpp"

namespace lodge::client {

/// The network as rtnetlink tells it: links, addresses and routes of both families, without
/// polling, a daemon or privileges. Resumes from suspend and clock steps come from a timer that is
/// never due. One thread, "lodge-network", asleep until something happens.
class LinuxNetworkSource final : public NetworkSource {
 public:
  /// Throws std::system_error where netlink is forbidden (a sandbox) or no thread can be had.
  explicit LinuxNetworkSource(SettleTimes times = {});

  Route route(const std::string& host, int port) override;
  void learned_address(const std::string& host, const std::string& address) override;
  void on_change(std::function<void()> handler) override;

 private:
  class Listener;

  RouteFinder routes_;
  std::shared_ptr<Listener> listener_;
  PollThread thread_;
};

}  // namespace lodge::client

#endif
