#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "client/network/network_addresses.hpp"
#include "lodge/network.hpp"

namespace lodge::client {

/// Answers NetworkSource::route for a host: by its address, by the addresses learned for its name,
/// or by whether there is a way out at all. Any thread; never blocks on the network.
class RouteFinder {
 public:
  Route route(const std::string& host, int port);
  void learned_address(const std::string& host, const std::string& address);

 private:
  std::vector<SocketAddress> addresses_of(const std::string& host, int port);

  std::mutex mutex_;
  std::map<std::string, std::deque<std::string>> learned_;  // newest first
  std::deque<std::string> hosts_;                           // newest first
};

}  // namespace lodge::client
