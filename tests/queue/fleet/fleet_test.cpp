#include "queue/fleet/fleet.hpp"

#include <cstdio>

#include "support/catch.hpp"
#include "support/test_size.hpp"

// Thousands of machines with the real rules against one server. The figures are printed.
namespace {

using namespace lodge;
using namespace lodge::test;
using std::chrono::hours;
using std::chrono::seconds;

double in_seconds(Duration span) { return static_cast<double>(span.count()) / 1000; }

double per_success(const FleetRun& run) {
  return static_cast<double>(run.requests) / static_cast<double>(run.successes);
}

void print_return(const FleetCase& fleet, const FleetRun& run) {
  std::printf(
      "  %-20s spread %4.0f s: %5.2f requests per success, worst second %5llu, "
      "99 %% after %6.0f s, all after %6.0f s\n",
      name(fleet.overload).c_str(), in_seconds(fleet.spread), per_success(run),
      static_cast<unsigned long long>(run.worst_second), in_seconds(run.nearly_all),
      in_seconds(run.all));
}

}  // namespace

TEST_CASE("F1: ten thousand machines back in one second, spread as a fleet should be", "[F1]") {
  std::printf("10,000 machines back in one second, the server takes 100 requests a second\n");
  for (const Overload overload :
       {Overload::busy, Overload::bare, Overload::silence, Overload::gateway}) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const FleetCase fleet{.overload = overload, .spread = seconds(120), .seed = seed};
      const FleetRun run = run_fleet(fleet);
      print_return(fleet, run);
      CAPTURE(name(overload), seed);
      CHECK(run.successes == 10'000);
      CHECK(per_success(run) <= 1.5);
      CHECK(run.worst_second <= 200);
      CHECK(run.nearly_all <= seconds(150));
    }
  }
}

TEST_CASE("F1: what the default spread costs a fleet; all arrive all the same", "[F1]") {
  for (const Overload overload :
       {Overload::busy, Overload::bare, Overload::silence, Overload::gateway}) {
    const FleetCase fleet{.overload = overload};
    const FleetRun run = run_fleet(fleet);
    print_return(fleet, run);
    CAPTURE(name(overload));
    CHECK(run.successes == 10'000);
    CHECK(run.nearly_all <= hours(1));
  }
}

TEST_CASE("F2: a server that is down for 8 h is probed, and gets no burst at the end", "[F2]") {
  const int machines = is_large() ? 10'000 : 200;
  std::printf(
      "%d machines with 20 forms each, the server is down for 8 h, then takes %d a second\n",
      machines, machines / 10);
  for (const Overload overload : {Overload::refuses, Overload::busy, Overload::bare,
                                  Overload::silence, Overload::gateway, Overload::error}) {
    const FleetCase fleet{.machines = machines,
                          .forms = 20,
                          .capacity = machines / 10,
                          .overload = overload,
                          .spread = seconds(120),
                          .down = hours(8)};
    const FleetRun run = run_fleet(fleet);
    std::printf(
        "  %-20s %5.2f probes per machine and 15 min (most %d), worst second %llu; in doubt "
        "%d; then %5.2f requests per success, worst second %llu, 99 %% after %.0f s\n",
        name(overload).c_str(), run.probes_per_interval, run.most_in_interval,
        static_cast<unsigned long long>(run.worst_second_down), run.in_doubt, per_success(run),
        static_cast<unsigned long long>(run.worst_second), in_seconds(run.nearly_all));
    CAPTURE(name(overload));
    CHECK(run.successes == static_cast<std::uint64_t>(machines) * 20);
    CHECK(run.probes_per_interval >= 1);
    CHECK(run.probes_per_interval <= 1.5);
    CHECK(run.most_in_interval <= 2);
    CHECK(run.worst_second_down <= static_cast<std::uint64_t>(machines) / 20);
    // All are there soon after the last machine's next probe; after a 500 a check comes first, and may meet 500s, too.
    CHECK(per_success(run) <= (overload == Overload::error ? 4.0 : 1.3));
    CHECK(run.worst_second <= 4 * static_cast<std::uint64_t>(fleet.capacity));
    CHECK(run.nearly_all <= seconds(1'800));
  }
}
