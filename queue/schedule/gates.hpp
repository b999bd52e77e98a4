#pragma once

#include <optional>
#include <string>
#include <vector>

#include "queue/answer/settle.hpp"

// How replies close and open the gates of groups.
namespace lodge::queue {

/// The gate that `of` names for this submission, as it is now; null when it is open.
const storage::Gate* find_gate(const storage::Due& due, const HoldOf& of,
                               const Circumstances& circumstances);

/// Closes the gate until a back-off of its own has passed, or until the server's Retry-After. Only
/// a probe counts as a try of the gate: what was under way when it closed does not. `tries`: not
/// one more than before, but at least so many.
storage::GateChange close_gate(const storage::Due& due, const HoldOf& of, const Meaning& meaning,
                               const Circumstances& circumstances,
                               std::optional<int> tries = std::nullopt);

/// The gate is there, and its time has not come.
bool is_closed(const storage::Due& due, const HoldOf& of, const Circumstances& circumstances);

/// The gates of the origin that an answer disproves.
void open_for_answer(const storage::Due& due, const Meaning& meaning,
                     const Circumstances& circumstances, std::vector<storage::GateChange>& changes);

/// The gates of the collection and the identity that a success disproves.
void open_for_success(const storage::Due& due, const Circumstances& circumstances,
                      std::vector<storage::GateChange>& changes);

/// The gates as a change leaves them.
void apply(const storage::GateChange& change, std::vector<storage::Gate>& gates);

}  // namespace lodge::queue
