#include "lodge/retry.hpp"

#include <climits>
#include <limits>
#include <random>

#include "support/catch.hpp"

using lodge::Duration;
using lodge::RetryPolicy;
using lodge::queue::backoff;
using lodge::queue::spread;
using namespace std::chrono_literals;

namespace {

constexpr double nearly_one = 0x1.fffffffffffffp-1;

// The upper end of the wait, rounded up from just below.
Duration longest(const RetryPolicy& policy, int tries) {
  return backoff(policy, tries, nearly_one) + 1ms;
}

}  // namespace

TEST_CASE("the longest wait doubles from two seconds to a quarter of an hour") {
  const RetryPolicy policy;
  CHECK(longest(policy, 1) == 2s);
  CHECK(longest(policy, 2) == 4s);
  CHECK(longest(policy, 3) == 8s);
  CHECK(longest(policy, 9) == 512s);
  CHECK(longest(policy, 10) == 15min);
  CHECK(longest(policy, 11) == 15min);
}

TEST_CASE("the shortest wait is the floor, whatever the try") {
  for (const int tries : {1, 2, 10, 10'000}) CHECK(backoff({}, tries, 0) == 1s);
}

TEST_CASE("the wait is spread over all that lies between") {
  CHECK(backoff({}, 2, 0.5) == 2500ms);
  CHECK(backoff({}, 10, 0.5) == 450'500ms);
}

TEST_CASE("C6: ten thousand tries and more keep to the ceiling", "[C6]") {
  for (const int tries : {60, 64, 1'100, 10'000, INT_MAX}) {
    CHECK(longest({}, tries) == 15min);
    CHECK(backoff({.factor = 1e300}, tries, nearly_one) < 15min);
  }
  CHECK(longest({}, 0) == 2s);
  CHECK(longest({}, -5) == 2s);
  CHECK(longest({}, INT_MIN) == 2s);
}

TEST_CASE("C6: no policy breaks the bounds", "[C6]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(longest({.factor = 0.5}, 100) == 2s);
  CHECK(longest({.factor = nan}, 100) == 2s);
  CHECK(longest({.factor = -3}, 100) == 2s);
  CHECK(longest({.factor = infinity}, 2) == 15min);
  CHECK(backoff({.first = 0s, .factor = infinity}, 5, 0.5) == 1s);
  CHECK(backoff({.first = -1h}, 5, 0.5) == 1s);
  CHECK(backoff({.first = 1h, .ceiling = 10s, .floor = 1min}, 3, 0.5) == 10s);
  CHECK(backoff({.ceiling = -1s}, 3, 0.5) == 0s);
  CHECK(backoff({.floor = -1s}, 1, 0) == 0s);
  CHECK(backoff({.first = Duration::max(), .ceiling = Duration::max()}, 9, nearly_one) > 0s);
  CHECK(backoff({.first = Duration::max(), .ceiling = Duration::max(), .floor = Duration::min()}, 9,
                1.0) == Duration::max());
}

TEST_CASE("a chance outside its range is brought back") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(backoff({}, 1, nan) == 1s);
  CHECK(backoff({}, 1, -1) == 1s);
  CHECK(backoff({}, 1, 2) == 2s);
  CHECK(spread(10s, nan) == 0s);
  CHECK(spread(10s, -1) == 0s);
  CHECK(spread(10s, 7) == 10s);
}

TEST_CASE("a spread lies inside its window") {
  CHECK(spread(5s, 0) == 0s);
  CHECK(spread(5s, 0.5) == 2500ms);
  CHECK(spread(5s, nearly_one) == 4999ms);
  CHECK(spread(0s, 0.5) == 0s);
  CHECK(spread(-5s, 0.5) == 0s);
  CHECK(spread(Duration::max(), nearly_one) <= Duration::max());
}

TEST_CASE("any wait lies between floor and ceiling") {
  constexpr unsigned seed = 7;
  INFO("seed " << seed);
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> chance(0, 1);
  std::uniform_int_distribution<int> tries(1, 200);
  for (int i = 0; i < 20'000; ++i) {
    const Duration wait = backoff({}, tries(engine), chance(engine));
    REQUIRE((wait >= 1s && wait <= 15min));
  }
}
