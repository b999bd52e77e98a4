#include "queue/http/retry_after.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using lodge::Duration;
using lodge::Header;
using lodge::Time;
using lodge::queue::retry_after;
using namespace std::chrono_literals;

namespace {

// 1994-11-06 08:49:37
const Time now = Time(784111777s);
constexpr const char* same_moment = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* two_minutes_later = "Sun, 06 Nov 1994 08:51:37 GMT";
constexpr const char* a_day_earlier = "Sat, 05 Nov 1994 08:49:37 GMT";

std::optional<Duration> wait(const std::string& value) {
  return retry_after({{"Retry-After", value}}, now);
}

std::optional<Duration> limited(const std::string& value, int status = 429) {
  return retry_after({{"RateLimit", value}}, now, 1h, status);
}

}  // namespace

TEST_CASE("N10: Retry-After in seconds is clamped to an hour", "[N10]") {
  CHECK(wait("0") == 0s);
  CHECK(wait("120") == 120s);
  CHECK(wait(" 120\t") == 120s);
  CHECK(wait("007") == 7s);
  CHECK(wait("3600") == 1h);
  CHECK(wait("3601") == 1h);
  CHECK(wait("315360000") == 1h);
  CHECK(wait("-5") == 0s);
  CHECK(wait("-99999999999999999999999999") == 0s);
}

TEST_CASE("N10 C6: Retry-After never overflows", "[N10][C6]") {
  CHECK(wait("9223372036854775807") == 1h);
  CHECK(wait("18446744073709551616") == 1h);
  CHECK(wait(std::string(5000, '9')) == 1h);
  CHECK(retry_after({{"Retry-After", std::string(5000, '9')}}, now, Duration::max()) > 24h * 365);
  CHECK(wait("Fri, 31 Dec 9999 23:59:59 GMT") == 1h);
  CHECK(retry_after({{"Retry-After", two_minutes_later}}, Time::max()) == 0s);
  CHECK(retry_after({{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}}, Time::min()) == 1h);
}

TEST_CASE("N10: garbage in Retry-After is ignored", "[N10]") {
  for (const char* value :
       {"", "soon", "1.5", "1e3", "+5", "--5", "-", "5s", "5 6", "120, 120", "0x10", "1,5",
        "2024-06-11T12:00:00Z", "Sun, 06 Nov 1994", "\xD9\xA3"}) {
    INFO(value);
    CHECK_FALSE(wait(value));
  }
  CHECK_FALSE(retry_after({}, now));
}

TEST_CASE("N10: a Retry-After date is judged against the reply's own Date", "[N10]") {
  const auto dated = [](const char* after, const char* date) {
    return retry_after({{"date", date}, {"retry-after", after}}, now);
  };
  CHECK(wait(two_minutes_later) == 120s);
  CHECK(dated(two_minutes_later, same_moment) == 120s);
  CHECK(dated(two_minutes_later, "Sun, 06 Nov 1994 08:50:37 GMT") == 60s);
  CHECK(dated("Sat, 05 Nov 1994 08:50:37 GMT", a_day_earlier) == 60s);
  CHECK(dated("Sunday, 06-Nov-94 08:51:37 GMT", "Sun Nov  6 08:50:37 1994") == 60s);
  CHECK(dated(a_day_earlier, same_moment) == 0s);
  CHECK(dated(two_minutes_later, a_day_earlier) == 1h);
  // A Date that cannot be read, or is there twice, does not count.
  CHECK(dated(two_minutes_later, "yesterday") == 120s);
  CHECK(retry_after(
            {{"Date", a_day_earlier}, {"Date", same_moment}, {"Retry-After", two_minutes_later}},
            now) == 120s);
}

TEST_CASE("N10: Retry-After sent twice counts when it says one thing", "[N10]") {
  CHECK(retry_after({{"Retry-After", "5"}, {"retry-after", "5"}}, now) == 5s);
  CHECK_FALSE(retry_after({{"Retry-After", "5"}, {"retry-after", "6"}}, now));
  CHECK_FALSE(retry_after({{"Retry-After", "5"}, {"retry-after", "soon"}}, now));
}

TEST_CASE("the cap is the caller's and never negative") {
  CHECK(retry_after({{"Retry-After", "90"}}, now, 1min) == 1min);
  CHECK(retry_after({{"Retry-After", "90"}}, now, 0s) == 0s);
  CHECK(retry_after({{"Retry-After", "90"}}, now, -5s) == 0s);
}

TEST_CASE("RateLimit counts for 429 without Retry-After only") {
  CHECK(limited("\"default\";r=0;t=30") == 30s);
  CHECK(limited("\"default\";r=0;t=30", 503) == std::nullopt);
  CHECK(limited("\"default\";r=0;t=30", 0) == std::nullopt);
  CHECK(retry_after({{"RateLimit", "\"d\";r=0;t=30"}, {"Retry-After", "7"}}, now, 1h, 429) == 7s);
  CHECK_FALSE(retry_after({{"RateLimit", "\"d\";r=0;t=30"}, {"Retry-After", "x"}}, now, 1h, 429));
}

TEST_CASE("RateLimit is read policy by policy") {
  CHECK(limited("\"default\"; r=0; t=30") == 30s);
  CHECK(limited("default;t=30") == 30s);
  CHECK(limited("\"a\";r=0;t=30, \"b\";r=0;t=40") == 40s);
  CHECK(limited("\"hour\";r=50;t=3000, \"second\";r=0;t=1") == 1s);
  CHECK(limited("\"a;t=99,r=1\";r=0;t=30") == 30s);
  CHECK(limited("\"a\\\";t=99\";r=0;t=30") == 30s);
  CHECK(limited("\"a\";r=0;t=99999999999999999999") == 1h);
  CHECK(retry_after({{"RateLimit", "\"a\";t=3"}, {"ratelimit", "\"b\";t=4"}}, now, 1h, 429) == 4s);
  for (const char* value : {"", ";", ",", "\"", "\"a\"", "\"a\";r=0", "\"a\";r=5;t=30", "\"a\";t=x",
                            "\"a\";t=", "\"open;t=5", "limit=100, remaining=0, reset=50", "\"\\"}) {
    INFO(value);
    CHECK_FALSE(limited(value));
  }
}
