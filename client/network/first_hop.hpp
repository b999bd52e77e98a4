#pragma once

#include <optional>
#include <string>

#include "queue/http/url.hpp"

namespace lodge::client {

/// Where TCP connects to.
struct FirstHop {
  std::string host{};  ///< empty: no endpoint
  int port = 0;
};

/// The proxy, where there is one, else the endpoint. A proxy is written as libcurl takes it:
/// [scheme://][user:password@]host[:port], its port 1080 (443 with https) where none is named.
FirstHop first_hop(const std::optional<std::string>& proxy, const queue::Endpoint& endpoint);

}  // namespace lodge::client
