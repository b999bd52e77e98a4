#include "lodge/retry.hpp"

#include <algorithm>
#include <cmath>

namespace lodge::queue {
namespace {

// A chance outside [0, 1) would break the promised bounds; NaN counts as none.
double sane(double chance) { return chance > 0 ? std::min(chance, 1.0) : 0.0; }

Duration not_negative(Duration wait) { return std::max(wait, Duration::zero()); }

Duration exponential(const RetryPolicy& policy, int tries, Duration ceiling) {
  const Duration first = not_negative(policy.first);
  if (first == Duration::zero()) return first;
  const double factor = policy.factor > 1 ? policy.factor : 1.0;
  const double wait = static_cast<double>(first.count()) * std::pow(factor, std::max(tries, 1) - 1);
  if (wait >= static_cast<double>(ceiling.count())) return ceiling;
  return Duration(static_cast<Duration::rep>(wait));
}

}  // namespace

Duration backoff(const RetryPolicy& policy, int tries, double chance) {
  const Duration ceiling = not_negative(policy.ceiling);
  const Duration floor = std::min(not_negative(policy.floor), ceiling);
  const Duration longest = std::max(floor, exponential(policy, tries, ceiling));
  return floor + spread(longest - floor, chance);
}

Duration spread(Duration window, double chance) {
  const Duration whole = not_negative(window);
  const double part = static_cast<double>(whole.count()) * sane(chance);
  if (part >= static_cast<double>(whole.count())) return whole;
  return Duration(static_cast<Duration::rep>(part));
}

}  // namespace lodge::queue
