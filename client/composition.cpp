#include "client/composition.hpp"

#include "client/curl/curl_transport.hpp"

namespace lodge::client {

std::shared_ptr<Transport> system_transport(const Options& options) {
  CurlOptions curl;
  curl.connect_timeout = options.connect_timeout;
  curl.max_connections = options.in_flight;
  curl.proxy = options.proxy;
  curl.ca_file = options.ca_file;
  return std::make_shared<CurlTransport>(std::move(curl));
}

std::shared_ptr<NetworkSource> system_network() { return system_network_source(); }

}  // namespace lodge::client
