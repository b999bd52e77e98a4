#include "queue/schedule/breaker.hpp"

#include <algorithm>

#include "queue/actions.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {
namespace {

constexpr int too_many = 3;
constexpr HoldOf collection{storage::GateScope::collection, storage::GateReason::refused};

void step_back(storage::Settled& settled, const storage::Due& due, const Meaning& meaning,
               const Circumstances& the) {
  settled.state = State::pending;
  settled.in_doubt = settled.accepted = false;
  settled.step = Step::send;
  settled.tries = one_more(due.submission.tries);
  settled.due_at = the.now + own_wait(meaning, settled.tries, the.profile, the.chance);
  if (!due.in_doubt) return;
  settled.action = action::checked;
  settled.why = meaning.problem;
}

}  // namespace

bool note_refusal(Refusals& refusals, const RecordId& record, int status) {
  if (refusals.status != status) refusals = {.status = status};
  const bool known = std::ranges::find(refusals.records, record) != refusals.records.end();
  if (!known && refusals.records.size() < too_many) {
    refusals.records.push_back(record);
    ++refusals.in_a_row;
  }
  return refusals.in_a_row >= too_many;
}

void note_success(Refusals& refusals) { refusals = {}; }

void settle_refusal(Settlement& result, const storage::Due& due, const Meaning& meaning,
                    const Circumstances& the) {
  storage::Settled& settled = result.settled;
  const bool too_often = note_refusal(the.refusals, due.submission.record, meaning.status);
  settled.problem = meaning.problem;
  settled.problem_status = meaning.status;
  if (too_often || find_gate(due, collection, the) != nullptr) {
    step_back(settled, due, meaning, the);
    Meaning said = meaning;
    said.problem = "The server refuses form after form of this collection: " + meaning.problem;
    result.gates.push_back(close_gate(due, collection, said, the));
    return;
  }
  settled.state = State::rejected;
  settled.in_doubt = settled.accepted = false;
  settled.step = Step::send;
  settled.due_at = the.now;
  settled.action = action::rejected;
  settled.why = meaning.problem;
}

}  // namespace lodge::queue
