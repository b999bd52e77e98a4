#ifdef __linux__

#include "client/network/clock_watch.hpp"

#include <poll.h>

#include "support/catch.hpp"

using lodge::client::ClockWatch;

TEST_CASE("C3: a night asleep is noticed once, a clock read late is not", "[C3]") {
  auto asleep = std::chrono::nanoseconds(std::chrono::hours(1));
  ClockWatch watch([&] { return asleep; });
  CHECK_FALSE(watch.jumped());
  asleep += std::chrono::hours(8);
  CHECK(watch.jumped());
  CHECK_FALSE(watch.jumped());
  asleep += std::chrono::milliseconds(5);
  CHECK_FALSE(watch.jumped());
}

TEST_CASE("while nobody sets the clock its timer is not due", "[idle]") {
  ClockWatch watch;
  CHECK_FALSE(watch.jumped());
  if (watch.fd() < 0) return;
  pollfd timer{watch.fd(), POLLIN, 0};
  CHECK(::poll(&timer, 1, 20) == 0);
}

#endif
