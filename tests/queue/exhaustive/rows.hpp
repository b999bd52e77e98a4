#pragma once

#include "queue/exhaustive/world.hpp"

// The store's part: rows, and what becomes of them (storage/units, in the smallest words).
namespace lodge::test {

/// The first unsettled submission of the record that is not behind another; -1: none.
int head_of(const World& world, RecordName record);
bool has_open_attempt(const World& world, RecordName record);
bool is_ready(const World& world, int row);

/// Opens an attempt and, if given, a request. False: it is not there to be claimed.
bool claim(World& world, int row, const std::optional<storage::NewRequest>& request);
void settle(World& world, int row, const Flight& flight, const queue::Settlement& settlement);
/// A new epoch: what was under way is unconfirmed, and its replies come late or never.
void take_over(World& world);
void withdraw(World& world, int row);
void resolve(World& world, int row, bool theirs);
void retry(World& world, int row);

}  // namespace lodge::test
