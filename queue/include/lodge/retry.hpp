#pragma once

#include <chrono>

#include "lodge/time.hpp"

namespace lodge {

/// How long to wait after a try that failed for now. There is no last try.
struct RetryPolicy {
  Duration first = std::chrono::seconds(2);     ///< upper end after the first failure
  double factor = 2;                            ///< growth per failure; below 1 counts as 1
  Duration ceiling = std::chrono::minutes(15);  ///< never longer than this
  Duration floor = std::chrono::seconds(1);     ///< never shorter than this
};

namespace queue {

/// The wait after `tries` failed tries (1 or more; less counts as 1): evenly spread between the
/// floor and min(ceiling, first * factor^(tries-1)), "full jitter", so that many clients do not
/// return together. `chance` is in [0, 1). Saturates: any number of tries and any policy are safe,
/// and where floor and ceiling contradict, the ceiling holds.
Duration backoff(const RetryPolicy& policy, int tries, double chance);

/// A moment within `window` after a general outage: `chance` in [0, 1) of it. Never negative.
Duration spread(Duration window, double chance);

}  // namespace queue
}  // namespace lodge
