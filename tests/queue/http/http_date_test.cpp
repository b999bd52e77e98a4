#include "queue/http/http_date.hpp"

#include <chrono>
#include <string>

#include "support/catch.hpp"

using lodge::Time;
using lodge::queue::parse_http_date;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Time at(int year, unsigned month, unsigned day, std::chrono::seconds clock = 0s) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(day)) +
         clock;
}

const Time now = at(2024, 6, 11, 12h);

}  // namespace

TEST_CASE("the three forms of an HTTP date are one moment") {
  const Time expected = at(1994, 11, 6, 8h + 49min + 37s);
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == expected);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == expected);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994", now) == expected);
  CHECK(parse_http_date("Wed Nov 16 08:49:37 1994", now) == at(1994, 11, 16, 8h + 49min + 37s));
}

TEST_CASE("C6: dates are read far beyond 2038 and before 1970", "[C6]") {
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT", now) == Time{});
  CHECK(parse_http_date("Tue, 19 Jan 2038 03:14:08 GMT", now) == at(2038, 1, 19, 3h + 14min + 8s));
  CHECK(parse_http_date("Sun, 07 Feb 2106 06:28:16 GMT", now) == at(2106, 2, 7, 6h + 28min + 16s));
  CHECK(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT", now) == at(9999, 12, 31, 24h - 1s));
  CHECK(parse_http_date("Mon, 01 Jan 1601 00:00:00 GMT", now) == at(1601, 1, 1));
  CHECK(parse_http_date("Sat, 01 Jan 0000 00:00:00 GMT", now) == at(0, 1, 1));
  CHECK(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT", now) == at(2024, 2, 29));
  CHECK(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT", now) == at(2000, 2, 29));
}

TEST_CASE("a leap second is the second after") {
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", now) == at(2017, 1, 1));
}

TEST_CASE("C6: a two-digit year is never more than fifty years ahead", "[C6]") {
  const auto year_of = [](const char* digits, Time when) {
    const auto time =
        parse_http_date("Sunday, 06-Nov-" + std::string(digits) + " 00:00:00 GMT", when);
    REQUIRE(time);
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(*time));
    return static_cast<int>(date.year());
  };
  CHECK(year_of("24", now) == 2024);
  CHECK(year_of("74", now) == 2074);
  CHECK(year_of("75", now) == 1975);
  CHECK(year_of("99", now) == 1999);
  CHECK(year_of("00", now) == 2000);
  CHECK(year_of("10", at(2099, 1, 1)) == 2110);
  CHECK(year_of("50", at(2099, 1, 1)) == 2050);
  CHECK(year_of("30", at(1970, 1, 1)) == 1930);
  // Never a year that four digits cannot say.
  CHECK(year_of("30", Time::max()) == 9930);
  CHECK(year_of("99", Time::max()) == 9999);
  CHECK(year_of("30", Time::min()) == 30);
  CHECK(year_of("99", Time::min()) == 99);
}

TEST_CASE("what is no HTTP date is refused") {
  for (const std::string& text : {""s,
                                  " "s,
                                  "Sun"s,
                                  "Sun,"s,
                                  "Sun, "s,
                                  "0"s,
                                  "2024-06-11T12:00:00Z"s,
                                  "Sun, 06 Nov 1994 08:49:37"s,
                                  "Sun, 06 Nov 1994 08:49:37 UTC"s,
                                  "Sun, 06 Nov 1994 08:49:37 +0000"s,
                                  "Sun, 06 Nov 1994 08:49:37 gmt"s,
                                  "Sun, 06 Nov 1994 08:49:37 GMT "s,
                                  " Sun, 06 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 6 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 06 Nov 94 08:49:37 GMT"s,
                                  "Sun, 06 nov 1994 08:49:37 GMT"s,
                                  "Sux, 06 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 00 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 31 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 30 Feb 2024 08:49:37 GMT"s,
                                  "Wed, 29 Feb 2023 08:49:37 GMT"s,
                                  "Sun, 29 Feb 1900 08:49:37 GMT"s,
                                  "Sun, 06 Nov 1994 24:00:00 GMT"s,
                                  "Sun, 06 Nov 1994 08:60:00 GMT"s,
                                  "Sun, 06 Nov 1994 08:00:61 GMT"s,
                                  "Sun, 06 Nov 1994 8:49:37 GMT"s,
                                  "Sun, -6 Nov 1994 08:49:37 GMT"s,
                                  "Sun, 06 Nov 10000 08:49:37 GMT"s,
                                  "Sunday, 06-Nov-1994 08:49:37 GMT"s,
                                  "Sunday, 06 Nov 94 08:49:37 GMT"s,
                                  "Sunday 06-Nov-94 08:49:37 GMT"s,
                                  "Sun Nov 6 08:49:37 1994"s,
                                  "Sun Nov  6 08:49:37 1994 GMT"s,
                                  "Sun Nov 06 08:49:37 94"s,
                                  "Sun Nov 31 08:49:37 1994"s,
                                  "Sun, 06 Nov 1994 08:49:37 GMT\0"s,
                                  "Sun, 06 \xC3\xA9ov 1994 08:49:37 GMT"s}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text, now));
  }
}
