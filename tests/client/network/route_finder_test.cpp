#include "client/network/route_finder.hpp"

#include "support/catch.hpp"

using lodge::Route;
using lodge::client::is_loopback;
using lodge::client::parse_address;
using lodge::client::RouteFinder;

TEST_CASE("only numbers are addresses") {
  CHECK(parse_address("192.0.2.1", 443));
  CHECK(parse_address("2001:db8::1", 443));
  for (const char* text :
       {"", "forms.example.org", "localhost", "[::1]", "192.0.2.1:443", "1.2.3.4.5"}) {
    CHECK_FALSE(parse_address(text, 443));
  }
}

TEST_CASE("loopback is told from the rest") {
  for (const char* text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
    CHECK(is_loopback(*parse_address(text, 1)));
  }
  for (const char* text : {"128.0.0.1", "::2", "::ffff:192.0.2.1", "::"}) {
    CHECK_FALSE(is_loopback(*parse_address(text, 1)));
  }
}

TEST_CASE("loopback has a route on a normal machine, however it is written") {
  RouteFinder routes;
  for (const char* host : {"127.0.0.1", "localhost", "LocalHost", "localhost.", "a.localhost"}) {
    CHECK(routes.route(host, 8080) == Route::exists);
  }
}

TEST_CASE("the newest addresses of a name count, and only addresses") {
  RouteFinder routes;
  routes.learned_address("kiosk.test", "127.0.0.1");
  CHECK(routes.route("kiosk.test", 80) == Route::exists);
  routes.learned_address("kiosk.test", "not an address");
  routes.learned_address("Kiosk.TEST.", "127.0.0.2");
  CHECK(routes.route("KIOSK.test", 80) == Route::exists);
}

TEST_CASE("names without end do not fill the memory, and the newest are kept") {
  RouteFinder routes;
  for (int i = 0; i < 1000; ++i) {
    routes.learned_address("host" + std::to_string(i) + ".test", "127.0.0.1");
  }
  CHECK(routes.route("host999.test", 80) == Route::exists);
}

TEST_CASE("odd hosts and ports are answered, not refused") {
  RouteFinder routes;
  for (const char* host : {"", ".", "[", "[]", "%", "fe80::1%nowhere", "\xff\xfe"}) {
    CHECK_NOTHROW(routes.route(host, 443));
  }
  CHECK(routes.route("127.0.0.1", 0) == Route::exists);
  CHECK(routes.route("127.0.0.1", 70'000) == Route::exists);
  CHECK(routes.route("127.0.0.1", -1) == Route::exists);
}
