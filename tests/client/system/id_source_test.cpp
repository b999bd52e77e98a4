#include "client/system/id_source.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/system/system_clock.hpp"
#include "client/system/system_random.hpp"
#include "lodge/client.hpp"
#include "support/catch.hpp"

namespace {

using lodge::UuidBytes;
using lodge::client::IdSource;

class HandClock final : public lodge::Clock {
 public:
  explicit HandClock(std::int64_t milliseconds) : at(milliseconds) {}
  lodge::Time now() override { return lodge::Time(lodge::Duration(at)); }
  std::int64_t at;
};

constexpr std::int64_t some_day = 1'700'000'000'000;

std::int64_t milliseconds_of(const UuidBytes& id) {
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + id[i];
  return milliseconds;
}

bool is_version_7(const UuidBytes& id) { return id[6] >> 4 == 7 && id[8] >> 6 == 2; }

}  // namespace

TEST_CASE("an id carries the clock's milliseconds, version 7 and the variant of RFC 9562") {
  IdSource source(std::make_shared<HandClock>(some_day), lodge::client::system_random());
  const UuidBytes id = source.next();
  CHECK(milliseconds_of(id) == some_day);
  CHECK(is_version_7(id));
}

TEST_CASE("ids grow within one millisecond, with chance or without any") {
  const auto clock = std::make_shared<HandClock>(some_day);
  const std::vector<lodge::RandomSource> sources{lodge::client::system_random(),
                                                 [] { return std::uint64_t{0}; },
                                                 [] { return ~std::uint64_t{0}; }};
  for (const auto& random : sources) {
    IdSource source(clock, random);
    UuidBytes last = source.next();
    for (int i = 0; i < 20'000; ++i) {  // more than twelve bits can count
      const UuidBytes id = source.next();
      if (id <= last || !is_version_7(id)) FAIL("after " << i);
      last = id;
    }
    CHECK(milliseconds_of(last) >= some_day + 4);
    CHECK(milliseconds_of(last) <= some_day + 10);
  }
}

TEST_CASE("ids grow while the clock goes back, also before 1970") {
  const auto clock = std::make_shared<HandClock>(some_day);
  IdSource source(clock, lodge::client::system_random());
  UuidBytes last = source.next();
  for (const std::int64_t at : {some_day - 1, some_day - 3'600'000, std::int64_t{-5}, some_day}) {
    clock->at = at;
    const UuidBytes id = source.next();
    CHECK(id > last);
    CHECK(milliseconds_of(id) == some_day);
    last = id;
  }
  clock->at = some_day + 1;
  CHECK(milliseconds_of(source.next()) == some_day + 1);
}

TEST_CASE("a million ids are distinct and in order") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  IdSource source(std::make_shared<lodge::client::SystemClock>(),
                  [random = std::mt19937_64(seed)]() mutable { return random(); });
  UuidBytes last{};
  int disorder = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const UuidBytes id = source.next();
    if (id <= last) ++disorder;
    last = id;
  }
  CHECK(disorder == 0);
}

TEST_CASE("two sources of one moment do not meet") {
  const auto clock = std::make_shared<HandClock>(some_day);
  std::vector<UuidBytes> all;
  for (int i = 0; i < 1000; ++i) {
    IdSource source(clock, lodge::client::system_random());
    for (int k = 0; k < 10; ++k) all.push_back(source.next());
  }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("eight threads share one source") {
  IdSource source(std::make_shared<HandClock>(some_day), lodge::client::system_random());
  std::vector<std::vector<lodge::SubmissionId>> made(8);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&source, &mine] {
      for (int i = 0; i < 2000; ++i) mine.push_back(source.next<lodge::SubmissionId>());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<lodge::SubmissionId> all;
  for (const auto& mine : made) {
    CHECK(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("new_key gives a fresh UUIDv7 as text") {
  const std::string first = lodge::new_key();
  const std::string second = lodge::new_key();
  CHECK(first < second);
  REQUIRE(lodge::parse_uuid(first));
  CHECK(is_version_7(*lodge::parse_uuid(first)));
}

TEST_CASE("bits become an even chance below one") {
  CHECK(lodge::client::as_chance(0) == 0.0);
  CHECK(lodge::client::as_chance(~std::uint64_t{0}) < 1.0);
  CHECK(lodge::client::as_chance(std::uint64_t{1} << 63) == 0.5);
}
