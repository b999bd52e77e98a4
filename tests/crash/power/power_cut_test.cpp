#include <iostream>
#include <string_view>

#include "crash/power/judge.hpp"
#include "crash/power/workloads.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

/// Each image costs an opening of the store, most of it SQLite's parsing of the schema.
SweepOptions sized(const Workload& workload) {
  SweepOptions options{.limits = {.every_subset_up_to = 6}};
  if (is_large())
    options.limits = {
        .every_subset_up_to = 7, .one_lost = 6, .one_kept = 6, .random = 12, .torn = 9};
  options.drain_every = workload.delivers ? 50 : 0;
  options.nested_every = is_large() ? 50 : 150;
  // Most images of a creation hold something of their own, so each is examined in full.
  if (workload.name == "creation" && !is_large()) {
    options.limits.every_subset_up_to = 3;
    options.nested_every = 0;
  }
  // Four megabytes of log are read for each image.
  if (workload.name == "long log" && !is_large()) {
    options.limits = {
        .every_subset_up_to = 3, .one_lost = 1, .one_kept = 1, .random = 1, .torn = 1};
    options.stride = 9;
    options.nested_every = 0;
  }
  return options;
}

void print(std::string_view name, std::uint64_t seed, const SweepCount& count) {
  std::cout << "power cut, " << name << ", seed " << seed << ": " << count.points << " moments, "
            << count.images << " images (" << count.distinct << " distinct, " << count.states
            << " states), " << count.nested_images << " nested, " << count.drained
            << " delivered on, " << count.breaches << " breaches\n";
}

struct Least {
  std::int64_t points = 0;
  std::int64_t images = 0;
  std::uint64_t seeds = 1;  ///< in the small size
  bool untrusted_media = false;
};

void sweep(std::string_view name, const Least& least) {
  const auto& work = workload(name);
  SweepCount all;
  for (std::uint64_t seed = 1; seed <= (is_large() ? 20 : least.seeds); ++seed) {
    Desk desk(seed);
    desk.power_safe_overwrite = !least.untrusted_media;
    work.run(desk);
    auto options = sized(work);
    options.limits.spill = least.untrusted_media;
    Judge judge(desk, options);
    const auto count = judge.sweep();
    print(name, seed, count);
    for (const auto& breach : judge.breaches()) UNSCOPED_INFO("seed " << seed << ", " << breach);
    CHECK(count.breaches == 0);
    all += count;
  }
  CHECK(all.points >= least.points);
  CHECK(all.images >= least.images);
}

TEST_CASE("D1, D14, D16: a power cut while a store is made or migrated leaves none or all of it",
          "[D1][D14][D16]") {
  sweep("creation", {.points = 80, .images = 600});
}

TEST_CASE("D1: a power cut while somebody types loses no saved word", "[D1]") {
  sweep("typing", {.points = 110, .images = 1'500});
}

TEST_CASE("D1: a power cut while forms are submitted leaves each whole or not at all", "[D1]") {
  sweep("queueing", {.points = 170, .images = 2'500});
}

TEST_CASE("D11: media that spoil the neighbours of a cut write lose nothing, when not trusted",
          "[D11]") {
  sweep("queueing", {.points = 340, .images = 5'000, .seeds = 2, .untrusted_media = true});
}

TEST_CASE("D1, P1: after a power cut during delivery everything takes effect once", "[D1][P1]") {
  sweep("delivery", {.points = 220, .images = 3'300});
}

TEST_CASE("D1: a power cut during a conflict leaves it or its end", "[D1]") {
  sweep("conflict", {.points = 170, .images = 2'500});
}

TEST_CASE("D1: a power cut leaves the words of both clients of a store", "[D1]") {
  sweep("two clients", {.points = 320, .images = 4'800, .seeds = 2});
}

TEST_CASE("D1: a power cut while the log is cut, or its beginning overwritten, loses nothing",
          "[D1]") {
  sweep("long log", {.points = 30, .images = 150});
}

}  // namespace
}  // namespace lodge::test
