#include "client/network/first_hop.hpp"

#include <charconv>
#include <string_view>

namespace lodge::client {
namespace {

constexpr int usual_port = 1080;
constexpr int usual_tls_port = 443;

FirstHop hop_of(std::string_view proxy) {
  FirstHop hop{.host = {}, .port = proxy.starts_with("https://") ? usual_tls_port : usual_port};
  if (const auto scheme = proxy.find("://"); scheme != std::string_view::npos)
    proxy.remove_prefix(scheme + 3);
  proxy = proxy.substr(0, proxy.find('/'));
  if (const auto user = proxy.rfind('@'); user != std::string_view::npos)
    proxy.remove_prefix(user + 1);
  const auto end_of_address = proxy.find(']');  // IPv6 has colons of its own
  const auto from = end_of_address == std::string_view::npos ? 0 : end_of_address;
  const auto colon = proxy.find(':', from);
  hop.host = proxy.substr(0, colon);
  if (colon == std::string_view::npos) return hop;
  const std::string_view port = proxy.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), hop.port);
  return hop;
}

}  // namespace

FirstHop first_hop(const std::optional<std::string>& proxy, const queue::Endpoint& endpoint) {
  if (proxy && !proxy->empty() && !endpoint.host.empty()) return hop_of(*proxy);
  return {.host = endpoint.host, .port = endpoint.port};
}

}  // namespace lodge::client
