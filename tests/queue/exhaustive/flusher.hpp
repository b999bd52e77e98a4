#pragma once

#include "queue/exhaustive/events.hpp"

// The delivery pass around the core: one decision at a time.
namespace lodge::test {

/// Rows that the plan lets go now.
std::vector<int> sendable(const World& world, const queue::Profile& profile);
/// When something may go that cannot now; empty: nothing waits for time.
std::optional<Time> next_look(const World& world, const queue::Profile& profile);

void send(World& world, int row, const queue::Profile& profile);
Reply reply_of(const Flight& flight, End end);
void receive(World& world, const Flight& flight, const Reply& reply, const queue::Profile& profile);

}  // namespace lodge::test
