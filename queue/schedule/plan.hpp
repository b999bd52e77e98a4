#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lodge/hold.hpp"
#include "queue/request/profile.hpp"
#include "storage/delivery_rows.hpp"

namespace lodge::queue {

/// What the plan knows of the way to the server.
struct Network {
  Path path = Path::unknown;
  std::optional<Time> not_before{};  ///< spreading the first attempts after an outage
  std::optional<Time>
      last_attempt{};  ///< of any submission; the caller clears it when the path changes
};

/// What may be sent now. A stream is in at most one of the two lists.
struct Plan {
  std::vector<std::int64_t> streams{};  ///< everything due in these
  /// Behind a gate whose time has come: in all of these together probe_limit submissions at a time.
  /// Take the one with the earliest due time; one that failed is due later than the others, so that
  /// probes go round.
  std::vector<std::int64_t> probes{};
  /// Nothing of these may go just now, though some of it may be on its way to the wire.
  std::vector<std::int64_t> held{};
  int probe_limit = 0;               ///< how many probes may be under way: 0 or 1
  std::optional<Time> look_again{};  ///< when a hold ends by itself; the due times are the store's
};

struct PlanInput {
  std::span<const storage::Stream> streams{};
  std::span<const storage::Gate> gates{};
  Network network{};
  Time now{};
  /// Somebody waits (flush, drain, a fresh submit): no spreading, and a probe although the system
  /// says that there is no path. Gates count all the same: nobody may hammer a server.
  bool eager = false;
};

Plan plan(const PlanInput& input, const Profile& profile);

/// When a gate lets its first probe through; empty: never by itself. A time further away than any
/// hold may last, as after the clock was set back, counts as past.
std::optional<Time> end_of_gate(const storage::Gate& gate, Time now, const Profile& profile);

/// The hold of one submission. `ahead`: the unsettled submission in front of it in its record.
/// no_endpoint and other_process are the caller's to say: they are no business of the queue.
Hold hold_of(const Submission& submission, const std::optional<Submission>& ahead,
             std::span<const storage::Gate> gates, const Network& network, Time now,
             const Profile& profile);

}  // namespace lodge::queue
