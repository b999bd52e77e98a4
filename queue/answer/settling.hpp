#pragma once

#include "queue/answer/settle.hpp"

// What settling a send and settling a check have in common.
namespace lodge::queue {

/// The submission as it is, and what came of the attempt.
Settlement begin_settlement(const storage::Due& due, std::int64_t attempt, const Meaning& meaning);

/// Retry and hold: closes the gate, or makes this form wait; the step stays.
void settle_wait(Settlement& result, const storage::Due& due, const Meaning& meaning,
                 const Circumstances& circumstances);

}  // namespace lodge::queue
