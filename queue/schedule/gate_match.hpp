#pragma once

#include "queue/schedule/plan.hpp"

namespace lodge::queue {

/// Whether a gate keeps back what is of this collection, identity and lane. There is one origin.
bool concerns(const storage::Gate& gate, std::string_view collection, std::string_view identity,
              std::string_view lane);

/// While the system says that there is no path: when the next probe goes nevertheless.
Time next_probe_offline(const Network& network, Time now, const Profile& profile, bool eager);

/// When the first attempts after an outage begin; now where nothing is spread.
Time end_of_spread(const Network& network, Time now, const Profile& profile);

}  // namespace lodge::queue
