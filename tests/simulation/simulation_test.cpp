#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>

#include "simulation/kinds.hpp"
#include "simulation/settings.hpp"
#include "simulation/world.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

constexpr std::uint64_t parts = 4;
constexpr std::uint64_t in_ci = 2'000;      // days of 24 h
constexpr std::uint64_t in_large = 42'000;  // 1,008,000 h
constexpr std::uint64_t each_kind_in_ci = 20;
constexpr std::uint64_t each_kind_in_large = 1'000;
constexpr int too_many_failures = 10;
constexpr std::uint64_t between_words = 500;  // days; a large run says how far it is

std::uint64_t number_from(const char* variable) {
  const char* given = std::getenv(variable);
  return given ? std::strtoull(given, nullptr, 10) : 0;
}

/// How many days are lived in all: LODGE_TEST_SIZE=large, or a number.
std::uint64_t all_days() {
  if (is_large()) return in_large;
  const std::uint64_t given = number_from("LODGE_TEST_SIZE");
  return given ? given : in_ci;
}

struct Day {
  std::vector<std::string> wrongs{};
  std::uint64_t digest = 0;
  Counts counts{};
  std::uint64_t requests = 0;
  std::uint64_t submissions = 0;
};

Day live(std::uint64_t seed) {
  World world(draw_settings(seed), std::getenv("LODGE_TEST_TRACE") != nullptr);
  try {
    world.live();
  } catch (const std::exception& error) {
    world.trace.wrong(std::string("the world ended: ") + error.what());
  }
  return {.wrongs = world.trace.wrongs(),
          .digest = world.trace.digest(),
          .counts = world.counts,
          .requests = world.network.requests,
          .submissions = world.promises.accepted.size()};
}

void report(std::uint64_t seed, const std::vector<std::string>& wrongs) {
  std::cerr << words(draw_settings(seed)) << "\n";
  for (const std::string& wrong : wrongs) std::cerr << "  " << wrong << "\n";
  std::error_code ignored;
  std::cerr << "  again, told line by line: LODGE_TEST_TRACE=1 LODGE_TEST_SEED=" << seed << " "
            << std::filesystem::read_symlink("/proc/self/exe", ignored).string()
            << " \"a day of one seed\"\n";
}

/// True: the day went well, and when it is one in a hundred, the same way twice.
bool goes_well(std::uint64_t seed, Day& total) {
  Day day = live(seed);
  total.counts.add(day.counts);
  total.requests += day.requests;
  total.submissions += day.submissions;
  if (seed % 100 == 50 && live(seed).digest != day.digest) {
    day.wrongs.emplace_back("it goes differently when it is run again");
  }
  if (!day.wrongs.empty()) report(seed, day.wrongs);
  return day.wrongs.empty();
}

// Every kind of fault must have happened, or nothing is proven of it.
void check_counts(const Counts& counts) {
  const std::uint64_t least = (is_large() ? each_kind_in_large : each_kind_in_ci) / parts;
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    INFO("struck too seldom: " << kind_names[i]);
    CHECK(counts.of[i] >= least);
  }
}

void tell_counts(const Counts& counts) {
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    std::cerr << "  " << kind_names[i] << ": " << counts.of[i] << "\n";
  }
}

// Of the processor's time, so that a large run can be planned on a machine that is shared.
double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

std::string seldomest(const Counts& counts) {
  const auto least = std::ranges::min_element(counts.of) - counts.of.begin();
  const auto at = static_cast<std::size_t>(least);
  return std::string(kind_names[at]) + ", " + std::to_string(counts.of[at]) + " times";
}

// The seeds of a quarter; with LODGE_TEST_SEED, those from it on: an interrupted run goes on so.
void live_part(std::uint64_t part) {
  const std::uint64_t end = 1 + (part + 1) * (all_days() / parts);
  const std::uint64_t first =
      std::max(1 + part * (all_days() / parts), number_from("LODGE_TEST_SEED"));
  const std::uint64_t days = end - std::min(first, end);
  Day total;
  int failed = 0;
  const double before = processor_seconds();
  std::uint64_t seed = first;
  for (; seed < end && failed < too_many_failures; ++seed) {
    if (!goes_well(seed, total)) ++failed;
    const std::uint64_t lived = seed - first + 1;
    if (is_large() && lived % between_words == 0) {
      std::cerr << lived << " of " << days << " days, " << failed
                << " failed; seldomest: " << seldomest(total.counts) << std::endl;
    }
  }
  const std::uint64_t lived = seed - first;
  std::cerr << "simulation: seeds " << first << " to " << first + lived - 1 << ", " << 24 * lived
            << " virtual hours, " << failed << " days failed; " << total.submissions << " forms, "
            << total.requests << " requests; "
            << static_cast<double>(24 * lived) / (processor_seconds() - before)
            << " virtual hours per processor second\n"
            << "  seldomest: " << seldomest(total.counts) << std::endl;
  if (is_large()) tell_counts(total.counts);
  CHECK(failed == 0);
  if (all_days() >= in_ci && lived == all_days() / parts) check_counts(total.counts);
}

}  // namespace

// In parts, so that they run beside each other.
TEST_CASE("nothing is lost, doubled or stuck on any day that a seed draws: first quarter",
          "[simulation]") {
  live_part(0);
}

TEST_CASE("nothing is lost, doubled or stuck on any day that a seed draws: second quarter",
          "[simulation]") {
  live_part(1);
}

TEST_CASE("nothing is lost, doubled or stuck on any day that a seed draws: third quarter",
          "[simulation]") {
  live_part(2);
}

TEST_CASE("nothing is lost, doubled or stuck on any day that a seed draws: last quarter",
          "[simulation]") {
  live_part(3);
}

TEST_CASE("a day of one seed", "[.one]") {
  Day total;
  CHECK(goes_well(number_from("LODGE_TEST_SEED"), total));
}

}  // namespace lodge::test
