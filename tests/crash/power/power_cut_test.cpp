#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "crash/power/judge.hpp"
#include "crash/power/workloads.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

/// A workload's sweep; the sizes are those of the small run.
struct Sweep {
  std::int64_t points = 0;  ///< of each seed, at least
  std::int64_t images = 0;
  std::uint64_t seeds = 1;
  std::uint64_t large_seeds = 32;
  bool untrusted_media = false;
};

/// Which seeds: LODGE_SEEDS=7 or 1-5 splits a large run; else as many as the size asks for.
std::pair<std::uint64_t, std::uint64_t> seeds_of(const Sweep& sweep) {
  const char* given = std::getenv("LODGE_SEEDS");
  if (given == nullptr) return {1, is_large() ? sweep.large_seeds : sweep.seeds};
  const std::string text = given;
  const auto dash = text.find('-');
  const auto first = std::stoull(text);
  return {first, dash == std::string::npos ? first : std::stoull(text.substr(dash + 1))};
}

/// An image costs SQLite's recovery; what is opened by a client, delivered from or cut again costs
/// ten to a hundred times that, so a large run does these more rarely, and still more often in all.
SweepOptions sized(const Workload& workload) {
  SweepOptions options{.limits = {.every_subset_up_to = 6}};
  options.drain_every = workload.delivers ? 50 : 0;
  options.nested_every = 400;
  if (is_large()) {
    options.limits = {
        .every_subset_up_to = 7, .one_lost = 12, .one_kept = 12, .random = 24, .torn = 16};
    options.drain_every = workload.delivers ? 500 : 0;
    options.nested_every = 1'000;
    options.open_every = 100;
  }
  // Four megabytes of log are read for each image.
  if (workload.name == "long log") {
    options.limits = {
        .every_subset_up_to = 3, .one_lost = 1, .one_kept = 1, .random = 1, .torn = 1};
    options.stride = is_large() ? 2 : 9;
    options.nested_every = 0;
  }
  return options;
}

void print(std::string_view name, const std::string& seed, const SweepCount& count) {
  std::cout << "power cut, " << name << ", seed " << seed << ": " << count.points << " moments, "
            << count.images << " images (" << count.distinct << " distinct, " << count.states
            << " states, " << count.opened << " opened by a client), " << count.nested_points
            << " moments and " << count.nested_images << " images of a second cut, "
            << count.drained << " delivered on, " << count.breaches << " breaches" << std::endl;
}

/// All that this process has swept so far.
SweepCount& total() {
  static SweepCount count;
  return count;
}

SweepCount sweep_seed(const Workload& work, std::uint64_t seed, bool untrusted_media) {
  Desk desk(seed);
  desk.power_safe_overwrite = !untrusted_media;
  work.run(desk);
  auto options = sized(work);
  options.limits.spill = untrusted_media;
  Judge judge(desk, options);
  const auto count = judge.sweep();
  print(work.name, std::to_string(seed), count);
  for (const auto& breach : judge.breaches()) UNSCOPED_INFO("seed " << seed << ", " << breach);
  CHECK(count.breaches == 0);
  return count;
}

void sweep(std::string_view name, const Sweep& sweep) {
  SweepCount all;
  const auto [first, last] = seeds_of(sweep);
  for (auto seed = first; seed <= last; ++seed)
    all += sweep_seed(workload(name), seed, sweep.untrusted_media);
  print(name, std::to_string(first) + "-" + std::to_string(last), all);
  total() += all;
  print("all workloads up to here", "as above", total());
  const auto share = static_cast<std::int64_t>(last - first + 1);
  CHECK(all.points >= sweep.points * share);
  CHECK(all.images >= sweep.images * share);
}

TEST_CASE("D1, D14, D16: a power cut while a store is made or migrated leaves none or all of it",
          "[D1][D14][D16]") {
  sweep("creation", {.points = 60, .images = 500, .large_seeds = 6});
}

TEST_CASE("D1: a power cut while somebody types loses no saved word", "[D1]") {
  sweep("typing", {.points = 85, .images = 1'250, .seeds = 3});
}

TEST_CASE("D1: a power cut while forms are submitted leaves each whole or not at all", "[D1]") {
  sweep("queueing", {.points = 85, .images = 1'400, .seeds = 3});
}

TEST_CASE("D11: media that spoil the neighbours of a cut write lose nothing, when not trusted",
          "[D11]") {
  sweep("queueing", {.points = 250, .images = 3'500, .seeds = 2, .untrusted_media = true});
}

TEST_CASE("D1, P1: after a power cut during delivery everything takes effect once", "[D1][P1]") {
  sweep("delivery", {.points = 115, .images = 1'900, .seeds = 3});
}

TEST_CASE("D1: a power cut during a conflict leaves it or its end", "[D1]") {
  sweep("conflict", {.points = 85, .images = 1'450, .seeds = 3});
}

TEST_CASE("D1: a power cut leaves the words of both clients of a store", "[D1]") {
  sweep("two clients", {.points = 80, .images = 1'350, .seeds = 3});
}

TEST_CASE("D1: a power cut while the log is cut, or its beginning overwritten, loses nothing",
          "[D1]") {
  sweep("long log", {.points = 15, .images = 80, .large_seeds = 2});
}

}  // namespace
}  // namespace lodge::test
