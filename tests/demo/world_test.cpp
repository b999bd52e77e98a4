#include "demo/day/world.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "socket_client.hpp"
#include "support/catch.hpp"

namespace lodge::demo {
namespace {

std::uint16_t port_of(const World& world) {
  const std::string endpoint = world.endpoint();
  const auto begin = endpoint.rfind(':') + 1;
  std::uint16_t port = 0;
  std::from_chars(endpoint.data() + begin, endpoint.data() + endpoint.size(), port);
  return port;
}

}  // namespace

TEST_CASE("a link that is down refuses connections, and comes back on the same port") {
  World world(1);
  const auto port = port_of(world);
  CHECK(SocketClient(port).connected());
  for (int i = 1; i <= 3; ++i) {
    world.link_down();
    CHECK_FALSE(SocketClient(port).connected());
    world.link_up();
    CHECK(SocketClient(port).connected());
    CHECK(world.link_downs() == i);
  }
}

TEST_CASE("somebody else can only edit what the server has") {
  World world(1);
  CHECK_THROWS_AS(world.edit({"strikes", "none"}, [](nlohmann::json&) {}), std::invalid_argument);
  CHECK_FALSE(world.remove({"strikes", "none"}));
  CHECK(world.effect_count() == 0);
}

}  // namespace lodge::demo
