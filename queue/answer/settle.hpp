#pragma once

#include <vector>

#include "queue/answer/classify.hpp"
#include "queue/request/compose.hpp"

namespace lodge::queue {

/// What an attempt's reply changes: the submission, and the gates of groups.
struct Settlement {
  storage::Settled settled{};
  std::vector<storage::GateChange> gates{};
};

/// Different records of one collection refused in a row with the same status and no success between
/// (docs/states.md, "breaker"). Kept by the delivery pass, one for each collection; losing it (a
/// restart) only means that the count starts anew.
struct Refusals {
  int in_a_row = 0;
  int status = 0;
  std::vector<RecordId> records{};  ///< at most as many as it takes
  std::vector<RecordId> held{};     ///< different ones that met the collection's gate
};

/// Different records, of whatever collection, that met failure (5xx) or silence in a row, and no
/// answer of a working server between (docs/states.md, "breaker"). One for the origin.
struct Failures {
  std::vector<RecordId> records{};  ///< at most as many as make the longest wait
  std::vector<RecordId> held{};     ///< different ones that a page over a verified way held
  std::vector<RecordId> busy{};     ///< different ones that met a 503 without Retry-After
};

/// Everything beside the reply that settling depends on. Time and chance are arguments.
struct Circumstances {
  const Profile& profile;
  const std::vector<storage::Gate>& gates;  ///< as they are now, earlier settlements included
  Refusals& refusals;                       ///< of the submission's collection; updated
  Failures& failures;                       ///< of the origin; updated
  Time now{};
  double chance = 0;   ///< [0, 1)
  RequestKey fresh{};  ///< for a request that a check opens
};

/// After a put or a remove came back. `due.request` is the request that went.
///
/// Tries: counted for what concerns this form alone; unreachable, busy and intercepted origins and
/// refused credentials cost it nothing, and it stays due: the gate keeps it back. (A 503 without
/// Retry-After is the origin's once a second record met it, too.) No number of tries ends a form.
/// From the eighth 500 on the next try is exactly one probe interval away, so that it is known
/// when.
///
/// A submission keeps the server's last word on its request in problem_status while it is checked:
/// reconcile() goes by it.
Settlement settle_send(const storage::Due& due, std::int64_t attempt, const Meaning& meaning,
                       const Circumstances& circumstances);

/// An attempt that was opened and whose request did not leave: everything is as before.
Settlement settle_not_sent(const storage::Due& due, std::int64_t attempt);

/// After the check's GET came back: compares the server's copy with ours (queue/reconcile.hpp).
Settlement settle_check(const storage::Due& due, std::int64_t attempt, const Texts& texts,
                        const Meaning& meaning, const Reply& reply,
                        const Circumstances& circumstances);

}  // namespace lodge::queue
