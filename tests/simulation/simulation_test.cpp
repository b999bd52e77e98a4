#include <cstdlib>
#include <iostream>
#include <string>

#include "simulation/kinds.hpp"
#include "simulation/settings.hpp"
#include "simulation/world.hpp"
#include "support/catch.hpp"

namespace lodge::test {
namespace {

constexpr std::uint64_t few = 60;
constexpr std::uint64_t many = 100'000;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* given = std::getenv(variable);
  if (!given || !*given) return otherwise;
  if (std::string(given) == "large") return many;
  return std::strtoull(given, nullptr, 10);
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

void report(std::uint64_t seed, const Day& day) {
  std::cerr << words(draw_settings(seed)) << "\n";
  for (const std::string& wrong : day.wrongs) std::cerr << "  " << wrong << "\n";
  std::cerr << "  again, told line by line: LODGE_TEST_TRACE=1 LODGE_TEST_SEED=" << seed
            << " simulation_tests \"[simulation]\"\n";
}

}  // namespace

TEST_CASE("nothing is lost, doubled or stuck on any day that a seed draws", "[simulation]") {
  const std::uint64_t one = number_from("LODGE_TEST_SEED", 0);
  const std::uint64_t first = one != 0 ? one : 1;
  const std::uint64_t count = number_from("LODGE_TEST_SIZE", one != 0 ? 1 : few);
  Counts counts;
  std::uint64_t requests = 0;
  std::uint64_t submissions = 0;
  std::uint64_t failed = 0;
  for (std::uint64_t seed = first; seed < first + count && failed < 20; ++seed) {
    const Day day = live(seed);
    counts.add(day.counts);
    requests += day.requests;
    submissions += day.submissions;
    const bool again = seed % 100 == 50;
    const bool same = !again || live(seed).digest == day.digest;
    if (!same) std::cerr << "seed " << seed << " goes differently when it is run again\n";
    if (day.wrongs.empty() && same) continue;
    ++failed;
    report(seed, day);
  }
  CHECK(failed == 0);
  if (count < few) return;
  for (std::size_t i = 0; i < kind_names.size(); ++i) {
    INFO("never happened: " << kind_names[i]);
    CHECK(counts.of[i] > 0);
    if (count > few) std::cerr << kind_names[i] << ": " << counts.of[i] << "\n";
  }
  std::cerr << "simulation: " << count << " days of 24 h from seed " << first << ", " << submissions
            << " submissions, " << requests << " requests\n";
}

}  // namespace lodge::test
