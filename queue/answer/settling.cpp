#include "queue/answer/settling.hpp"

#include "queue/answer/verdict.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {

Settlement begin_settlement(const storage::Due& due, std::int64_t attempt, const Meaning& meaning) {
  Settlement result;
  result.settled = as_it_is(due);
  result.settled.attempt = attempt;
  result.settled.outcome = std::string(name(meaning.outcome));
  result.settled.status = meaning.status;
  result.settled.arrived = meaning.arrived;
  result.settled.detail = meaning.detail.empty() ? meaning.problem : meaning.detail;
  return result;
}

void settle_wait(Settlement& result, const storage::Due& due, const Meaning& meaning,
                 const Circumstances& the) {
  storage::Settled& settled = result.settled;
  if (meaning.hold) result.gates.push_back(close_gate(due, *meaning.hold, meaning, the));
  settled.due_at = the.now;
  if (meaning.hold && !meaning.own_delay) return;
  settled.tries = one_more(due.submission.tries);
  settled.due_at += own_wait(meaning, settled.tries, the.profile, the.chance);
}

}  // namespace lodge::queue
