#include "crash/power/judge.hpp"
#include "crash/power/workloads.hpp"
#include "support/catch.hpp"

// Each of these does what lodge must never do, and the harness has to see the harm.

namespace lodge::test {
namespace {

constexpr CutLimits few{
    .every_subset_up_to = 2, .one_lost = 1, .one_kept = 1, .random = 1, .torn = 1};

SweepCount sweep(Desk& desk, const CutLimits& limits, std::size_t stride) {
  Judge judge(desk, {.limits = limits, .stride = stride});
  return judge.sweep();
}

std::int64_t breaches_under(const Deceit& deceit, std::string_view name) {
  Desk desk(1);
  desk.disk.deceive(deceit);
  workload(name).run(desk);
  return sweep(desk, few, 5).breaches;
}

TEST_CASE("control: synchronous=NORMAL and OFF, read back as FULL, lose accepted forms") {
  CHECK(breaches_under({}, "queueing") == 0);
  CHECK(breaches_under({.synchronous = "1"}, "queueing") > 25);
  CHECK(breaches_under({.synchronous = "0"}, "typing") > 25);
}

TEST_CASE("control: synchronous=NORMAL on the second client's connection alone is seen") {
  // The first client's writing connections are two: one made the store.
  CHECK(breaches_under({.synchronous = "1", .from_connection = 3}, "two clients") > 20);
  CHECK(breaches_under({.synchronous = "1", .from_connection = 3}, "queueing") == 0);
}

TEST_CASE("control: a rollback journal with synchronous=FULL, whose removal is not synced, loses") {
  // Each commit ends with the removal of its journal. Where that is lost, recovery undoes it.
  CHECK(breaches_under({.keeps_rollback_journal = true}, "queueing") > 25);
  CHECK(breaches_under({.synchronous = "3", .keeps_rollback_journal = true}, "queueing") == 0);
}

TEST_CASE("control: a disk that says it has synced, and has not, loses accepted forms") {
  CHECK(breaches_under({.lies_about_sync = true}, "queueing") > 25);
}

TEST_CASE("control: two transactions where one was meant are seen") {
  Desk desk(1);
  submit_twice_for_once(desk);
  CHECK(sweep(desk, few, 1).breaches > 10);
}

TEST_CASE("control: a form whose commit failed, taken for accepted, is missed") {
  Desk desk(1);
  believe_a_failed_commit(desk);
  CHECK(sweep(desk, few, 1).breaches > 2);
}

TEST_CASE("control: media that spoil the neighbours of a cut write, when trusted, lose forms") {
  Desk desk(1);
  workload("queueing").run(desk);
  CutLimits limits{.every_subset_up_to = 0, .one_lost = 0, .one_kept = 0, .random = 0, .torn = 8};
  limits.spill = true;
  CHECK(sweep(desk, limits, 2).breaches > 0);
}

}  // namespace
}  // namespace lodge::test
