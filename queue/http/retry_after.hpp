#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "lodge/time.hpp"
#include "lodge/transport.hpp"

namespace lodge::queue {

/// How long the server asks us to stay away, within [0, cap]. Seconds, or a date that is compared
/// with the reply's own Date (with `now` where that is missing), so that our clock does not matter
/// (RFC 9110 §10.2.3). Empty when it says nothing, nothing readable, or two different things.
/// For a `status` of 429 without any Retry-After the `t` of the exhausted RateLimit policies
/// counts.
std::optional<Duration> retry_after(const std::vector<Header>& headers, Time now,
                                    Duration cap = std::chrono::hours(1), int status = 0);

}  // namespace lodge::queue
