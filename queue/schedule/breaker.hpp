#pragma once

#include "queue/answer/settle.hpp"

namespace lodge::queue {

/// Notes that the server refused this record with this status. True when that makes three different
/// records in a row: the collection is at fault, not the forms.
bool note_refusal(Refusals& refusals, const RecordId& record, int status);

void note_success(Refusals& refusals);

/// Settles a refusal: rejected with the server's words; or, where the collection refuses
/// everything, back to where it was, with the collection's gate closed.
void settle_refusal(Settlement& result, const storage::Due& due, const Meaning& meaning,
                    const Circumstances& circumstances);

/// The breaker of the origin. Failure or silence from three different records in a row, and no other
/// answer between: the server is down, so its gate closes and one probe goes at a time. The wait
/// grows with the number of different records that failed, not with the tries: a few forms that the
/// server cannot digest hold the others for seconds at most.
void note_failing(Settlement& result, const storage::Due& due, const Meaning& meaning,
                  const Circumstances& circumstances);

}  // namespace lodge::queue
