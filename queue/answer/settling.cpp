#include "queue/answer/settling.hpp"

#include "queue/answer/verdict.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {
namespace {

storage::GateChange close(const storage::Due& due, const Meaning& meaning, bool alone,
                          const Circumstances& the) {
  if (meaning.own_delay) return close_for_record(due, *meaning.hold, meaning, the);
  return close_gate(due, *meaning.hold, meaning, the, alone ? std::optional(1) : std::nullopt);
}

}  // namespace

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
  const bool alone = is_busy_alone(due, meaning, the);
  if (meaning.hold) result.gates.push_back(close(due, meaning, alone, the));
  settled.due_at = the.now;
  if (meaning.hold && !meaning.own_delay && !alone) return;
  settled.tries = one_more(due.submission.tries);
  settled.due_at += alone ? group_wait(settled.tries, the)
                          : own_wait(meaning, settled.tries, the.profile, the.chance);
}

}  // namespace lodge::queue
