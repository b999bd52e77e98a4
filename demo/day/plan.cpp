#include "demo/day/plan.hpp"

#include <algorithm>

namespace lodge::demo {

int DayPlan::rows() const {
  return morning + link_down + flapping + portal + busy + lossy + deferred + killed;
}

int DayPlan::submissions() const {
  // Conflicts are settled in turn: ours, theirs, merged.
  const int kept_theirs = (overlapping + 1) / 3;
  return rows() + refused + followers + withdrawals + removals + disjoint + overlapping +
         (overlapping - kept_theirs) + 2 * gone;
}

DayPlan plan_day(int rows) {
  DayPlan plan{.morning = rows * 22 / 100,
               .link_down = rows * 14 / 100,
               .flapping = rows * 14 / 100,
               .portal = rows * 6 / 100,
               .busy = rows * 6 / 100,
               .lossy = rows * 15 / 100,
               .deferred = rows * 4 / 100,
               .refused = 2,
               .doubled = 3,
               .followers = std::max(3, rows / 60),
               .withdrawals = 1,
               .removals = std::max(2, rows / 100),
               .disjoint = std::max(3, rows / 50),
               .overlapping = std::max(3, rows / 40),
               .gone = 1};
  plan.killed = rows - plan.rows();
  return plan;
}

}  // namespace lodge::demo
