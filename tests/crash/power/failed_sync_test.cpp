#include <algorithm>
#include <iostream>
#include <string_view>

#include "crash/power/judge.hpp"
#include "crash/power/workloads.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

// A sync fails once. The system takes the pages for written, so the next sync succeeds without
// them. Then the power goes, at any later moment.

namespace lodge::test {
namespace {

using Kind = DiskOperation::Kind;

constexpr CutLimits few_images{
    .every_subset_up_to = 3, .one_lost = 1, .one_kept = 1, .random = 2, .torn = 2};

std::int64_t count_of(const Desk& desk, Kind kind) {
  return std::ranges::count(desk.disk.log(), kind, &DiskOperation::kind);
}

int syncs_of(const Workload& work) {
  Desk desk(1);
  work.run(desk);
  return static_cast<int>(count_of(desk, Kind::sync));
}

/// What is left of the pages whose sync failed.
struct Left {
  std::string_view name{};
  bool part = false;
  bool forgets = false;
};
constexpr Left left_of_it[] = {{.name = "nothing"},
                               {.name = "a part", .part = true},
                               {.name = "nothing, not even in memory", .forgets = true}};

struct Tally {
  int runs = 0;
  std::int64_t failed_calls = 0;
  SweepCount cuts{};
};

void sweep_one(const Workload& work, int failing, const Left& left, Tally& tally) {
  Desk desk(static_cast<std::uint64_t>(failing));
  desk.tries_again = true;
  desk.disk.deceive({.failing_sync = failing, .forgets = left.forgets});
  work.run(desk);
  REQUIRE(count_of(desk, Kind::failed_sync) == 1);
  SweepOptions options{.limits = few_images};
  options.limits.part_of_failed_sync = left.part;
  options.drain_every = work.delivers ? 200 : 0;
  options.stride = is_large() ? 1 : 3;
  Judge judge(desk, options);
  tally.cuts += judge.sweep();
  tally.failed_calls += desk.failed_calls;
  ++tally.runs;
  for (const auto& breach : judge.breaches())
    UNSCOPED_INFO(work.name << ", sync " << failing << " failed, left is " << left.name << ": "
                            << breach);
  CHECK(judge.breaches().empty());
}

void fail_each_sync(std::string_view name, int small_stride) {
  const auto& work = workload(name);
  const int syncs = syncs_of(work);
  REQUIRE(syncs > 0);
  Tally tally;
  for (int failing = 1; failing <= syncs; failing += is_large() ? 1 : small_stride)
    for (const auto& left : left_of_it) sweep_one(work, failing, left, tally);
  std::cout << "failed sync, then power cut, " << name << ": " << syncs << " syncs, " << tally.runs
            << " runs, " << tally.failed_calls << " calls failed, " << tally.cuts.points
            << " moments, " << tally.cuts.images << " images (" << tally.cuts.distinct
            << " distinct), " << tally.cuts.breaches << " breaches" << std::endl;
  CHECK(tally.failed_calls > 0);
}

TEST_CASE("D2: a sync fails while somebody types, its pages are gone, then a power cut", "[D2]") {
  fail_each_sync("typing", 2);
}

TEST_CASE("D2: a sync fails while forms are submitted, its pages are gone, then a power cut",
          "[D2]") {
  fail_each_sync("queueing", 2);
  fail_each_sync("two clients", 3);
}

TEST_CASE("D2: a sync fails during delivery, its pages are gone, then a power cut", "[D2]") {
  fail_each_sync("delivery", 5);
  fail_each_sync("conflict", 5);
}

TEST_CASE("D2: a sync fails while a store is made, its pages are gone, then a power cut", "[D2]") {
  fail_each_sync("creation", 1);
}

TEST_CASE("control: a failed sync that is not told loses accepted forms") {
  Desk desk(1);
  desk.disk.deceive({.failing_sync = 3, .tells = false});
  workload("queueing").run(desk);
  Judge judge(desk, {.limits = few_images});
  CHECK(judge.sweep().breaches > 10);
}

}  // namespace
}  // namespace lodge::test
