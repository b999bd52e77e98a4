#pragma once

#include "storage/store.hpp"
#include "storage/tables/submission_brief.hpp"

namespace lodge::storage {

/// Stores what an attempt, or a comparison without one, made of a submission: all of it when the
/// attempt still owns the submission; otherwise it is late, and only a success is kept.
Stored settle_one(Database&, const Settled&, const Act&);

/// What the answer proves; of a delivery. It names the answer's own texts.
Proof proof_of(const Settled&);

/// Opens an attempt, when the submission is still there to be claimed.
Claimed claim_one(Database&, const Claim&, std::int64_t epoch, Time now);

/// Closes what an earlier flusher left open. A submission whose attempts keep being lost with their
/// process waits before the next one.
void interrupt_all(Database&, const Act&);

}  // namespace lodge::storage
