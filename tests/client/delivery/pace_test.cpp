#include "client/delivery/pace.hpp"

#include "support/catch.hpp"

using namespace lodge;
using lodge::client::Pace;

namespace {

constexpr Time start{std::chrono::hours(24 * 20'000)};

// `each` answers every `every`, for a second.
int ahead_after(Pace& pace, int each, Duration every) {
  for (Time now = start; now < start + std::chrono::seconds(1); now += every)
    pace.answered(each, now);
  return pace.ahead();
}

}  // namespace

TEST_CASE("nothing is opened ahead before answers come quickly") {
  Pace pace(256);
  CHECK(pace.ahead() == 0);
  pace.answered(1'000, start);  // a burst says nothing of how long it took
  CHECK(pace.ahead() == 0);
}

TEST_CASE("as much is opened ahead as will be answered within hundredths of a second") {
  Pace slow(256);
  CHECK(ahead_after(slow, 1, Duration(500)) == 0);
  Pace usual(256);
  CHECK(ahead_after(usual, 16, Duration(20)) == 32);
  Pace quick(256);
  CHECK(ahead_after(quick, 100, Duration(1)) == 256);
}

TEST_CASE("after a stumble, a pause or a clock set back nothing is opened ahead") {
  Pace pace(256);
  REQUIRE(ahead_after(pace, 100, Duration(1)) == 256);
  pace.stumbled();
  CHECK(pace.ahead() == 0);
  REQUIRE(ahead_after(pace, 100, Duration(1)) == 256);
  pace.answered(100, start - std::chrono::hours(1));
  CHECK(pace.ahead() == 0);
  REQUIRE(ahead_after(pace, 100, Duration(1)) == 256);
  pace.answered(100, start + std::chrono::seconds(10));
  CHECK(pace.ahead() == 0);
}
