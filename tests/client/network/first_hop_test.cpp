#include "client/network/first_hop.hpp"

#include "support/catch.hpp"

namespace lodge::client {
namespace {

const queue::Endpoint endpoint = queue::parse_endpoint("https://forms.example.org/v1");

std::string hop(const char* proxy) {
  const FirstHop found = first_hop(proxy, endpoint);
  return found.host + " " + std::to_string(found.port);
}

TEST_CASE("routes are asked for where TCP connects to: the proxy, where there is one") {
  CHECK(hop("http://proxy.example:3128") == "proxy.example 3128");
  CHECK(hop("proxy.example:3128") == "proxy.example 3128");
  CHECK(hop("proxy.example") == "proxy.example 1080");
  CHECK(hop("https://proxy.example/") == "proxy.example 443");
  CHECK(hop("socks5h://clerk:a@b@10.0.0.7:9050") == "10.0.0.7 9050");
  CHECK(hop("[::1]:3128") == "[::1] 3128");
  CHECK(hop("http://[fe80::1]") == "[fe80::1] 1080");
}

TEST_CASE("without a proxy, or with an empty one, they are asked for the endpoint") {
  CHECK(hop("") == "forms.example.org 443");
  CHECK(first_hop(std::nullopt, endpoint).host == "forms.example.org");
  CHECK(first_hop("proxy.example", {}).host.empty());
}

}  // namespace
}  // namespace lodge::client
