#include "queue/schedule/breaker.hpp"

#include <algorithm>
#include <utility>

#include "queue/actions.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {
namespace {

constexpr int too_many = 3;
constexpr HoldOf server{storage::GateScope::origin, storage::GateReason::unreachable};
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

// 429 and 503 say neither that the server works nor that it does not.
bool is_word_of_a_working_server(const Meaning& meaning) {
  return meaning.answered && meaning.status != 429 && meaning.status < 500;
}

}  // namespace

bool note_refusal(Refusals& refusals, const RecordId& record, int status) {
  if (refusals.status != status) {
    refusals = {.status = status, .held = std::move(refusals.held)};
  }
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
    result.gates.push_back(close_for_record(due, collection, said, the));
    return;
  }
  settled.state = State::rejected;
  settled.in_doubt = settled.accepted = false;
  settled.step = Step::send;
  settled.due_at = the.now;
  settled.action = action::rejected;
  settled.why = meaning.problem;
}

void note_failing(Settlement& result, const storage::Due& due, const Meaning& meaning,
                  const Circumstances& the) {
  auto& failed = the.failures.records;
  if (is_word_of_a_working_server(meaning)) failed.clear();
  if (!meaning.failing) return;
  // What was under way when the gate closed says nothing new.
  if (is_closed(due, server, the) && !meaning.wait) return;
  note_record(failed, due.submission.record);
  const int more = static_cast<int>(failed.size()) - too_many;
  if (more < 0 && find_gate(due, server, the) == nullptr) return;
  Meaning said = meaning;
  said.problem = "Form after form fails: " + meaning.problem;
  result.gates.push_back(close_gate(due, server, said, the, std::max(more + 1, 1)));
}

}  // namespace lodge::queue
