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

/// Closes a gate that one form alone may be to blame for (own_delay). Its wait grows with the
/// number of different records that met it since it is there, not with the tries: one bad form,
/// which has its own back-off, never makes the others wait for longer than the first time.
storage::GateChange close_for_record(const storage::Due& due, const HoldOf& of,
                                     const Meaning& meaning, const Circumstances& circumstances);

/// A 503 without Retry-After that nobody but this record met since its gate is there: it may be the
/// form's own, so the form backs off by itself (group_wait of its tries), and its gate does not
/// grow. With a second record it is the server's, and costs no form a try.
bool is_busy_alone(const storage::Due& due, const Meaning& meaning,
                   const Circumstances& circumstances);

/// How long a gate stays closed after so many tries.
Duration group_wait(int tries, const Circumstances& circumstances);

/// Notes one more of the different records that met something; as many as make the longest wait.
void note_record(std::vector<RecordId>& records, const RecordId& record);

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
