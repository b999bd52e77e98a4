#include <map>

#include "demo/day/plan.hpp"
#include "demo/day/settings.hpp"
#include "support/catch.hpp"

namespace lodge::demo {

TEST_CASE("every size of the day files all its rows and has work for each phase") {
  for (int rows = 60; rows <= 500; ++rows) {
    const DayPlan plan = plan_day(rows);
    CHECK(plan.rows() == rows);
    for (const int share : {plan.morning, plan.link_down, plan.flapping, plan.portal, plan.busy,
                            plan.lossy, plan.deferred, plan.killed}) {
      CHECK(share >= 2);
    }
    // The morning's records that others work on later, each once; the refused ones are not known.
    CHECK(plan.morning - plan.refused >=
          plan.withdrawals + plan.disjoint + plan.overlapping + plan.gone + plan.removals);
    CHECK(plan.followers <= plan.link_down);
    CHECK(plan.doubled <= plan.lossy);
    CHECK(plan.killed >= 12);
  }
}

TEST_CASE("the demo's command line is read, and what is wrong with it is said") {
  const Settings settings =
      parse_settings({"--fast", "--rows", "120", "--seed", "7", "--json", "--keep", "here"});
  CHECK(settings.fast);
  CHECK(settings.json);
  CHECK(settings.rows == 120);
  CHECK(settings.seed == 7);
  CHECK(settings.keep == "here");
  CHECK(parse_settings({}).rows == 500);
  using Words = std::vector<std::string>;
  for (const Words& wrong :
       {Words{"--rows", "12"}, Words{"--rows", "501"}, Words{"--rows", "1e2"}, Words{"--rows"},
        Words{"--seed", "-1"}, Words{"--keep", ""}, Words{"--faster"}, Words{"120"},
        Words{"--store", "x"}, Words{"--file-forms", "3", "1"},
        Words{"--file-forms", "1", "3", "--store", "x"}}) {
    CHECK_THROWS_AS(parse_settings(wrong), UsageError);
  }
}

}  // namespace lodge::demo
