#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "client/network/poll_thread.hpp"
#include "client/network/route_finder.hpp"
#include "lodge/network.hpp"

namespace lodge::client {

/// The network as a look at all interfaces tells it: works on every POSIX system. It looks every
/// `interval` while work waits, and not at all otherwise.
class PollingNetworkSource final : public NetworkSource {
 public:
  using Fingerprint = std::function<std::uint64_t()>;

  /// Throws std::system_error without a thread.
  explicit PollingNetworkSource(std::chrono::milliseconds interval = std::chrono::seconds(5),
                                Fingerprint fingerprint = network_fingerprint);

  Route route(const std::string& host, int port) override;
  void learned_address(const std::string& host, const std::string& address) override;
  void on_change(std::function<void()> handler) override;
  void watch(bool work_waits) override;

 private:
  class Looker;

  RouteFinder routes_;
  std::shared_ptr<Looker> looker_;
  PollThread thread_;
};

}  // namespace lodge::client
