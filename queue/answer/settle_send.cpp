#include <utility>

#include "queue/actions.hpp"
#include "queue/answer/settle.hpp"
#include "queue/answer/settling.hpp"
#include "queue/answer/verdict.hpp"
#include "queue/schedule/breaker.hpp"
#include "queue/schedule/delays.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::queue {
namespace {

using storage::Due;
using storage::RecordLearned;
using storage::Settled;

void keep_words(Settled& settled, const Meaning& meaning) {
  settled.problem = meaning.problem;
  settled.problem_status = meaning.status;
}

// What the reply says of the doubt. An answer never takes doubt away; proof and checks do.
void keep_doubt(Settled& settled, const Due& due, const Meaning& meaning) {
  settled.in_doubt = due.in_doubt || meaning.arrived;
  settled.state = settled.in_doubt ? State::unconfirmed : State::pending;
  if (!settled.in_doubt || due.in_doubt) return;
  settled.action = action::unconfirmed;
  settled.why = meaning.problem;
}

std::string evidence(const Due& due, const Meaning& meaning) {
  const std::string status = std::to_string(meaning.status);
  if (due.submission.operation == Operation::put) return status + " with ETag";
  return status == "404" || status == "410" ? status + ": it was not there"
                                            : status + " to the removal";
}

RecordLearned learned(const Due& due, const Meaning& meaning) {
  RecordLearned record;
  const bool put = due.submission.operation == Operation::put;
  record.presence = put ? Presence::present : Presence::absent;
  if (!put) return record;
  record.version = meaning.version;
  record.text = due.request ? RecordLearned::Text::of_request : RecordLearned::Text::of_submission;
  return record;
}

void settle_done(Settlement& result, const Due& due, const Meaning& meaning,
                 const Circumstances& the) {
  make_delivered(result.settled, evidence(due, meaning));
  result.settled.record = learned(due, meaning);
  result.settled.due_at = the.now;
  open_for_success(due, the, result.gates);
  note_success(the.refusals);
}

void settle_to_check(Settled& settled, const Due& due, const Meaning& meaning,
                     const Circumstances& the) {
  keep_doubt(settled, due, meaning);
  keep_words(settled, meaning);
  settled.step = Step::check;
  settled.accepted = meaning.accepted;
  const bool failed = meaning.status == 202 || meaning.status >= 500;
  settled.tries = failed ? one_more(due.submission.tries) : 0;
  settled.due_at = the.now;
  if (meaning.check_in) {
    settled.due_at += *meaning.check_in;
  } else if (failed) {
    settled.due_at += own_wait(meaning, settled.tries, the.profile, the.chance);
  }
}

void settle_outcome(Settlement& result, const Due& due, const Meaning& meaning,
                    const Circumstances& the) {
  switch (meaning.outcome) {
    case Outcome::done:
      return settle_done(result, due, meaning, the);
    case Outcome::check:
      return settle_to_check(result.settled, due, meaning, the);
    case Outcome::reject:
      if (due.in_doubt) return settle_to_check(result.settled, due, meaning, the);
      return settle_refusal(result, due, meaning, the);
    case Outcome::retry:
    case Outcome::hold:
    case Outcome::follow:
      keep_doubt(result.settled, due, meaning);
      keep_words(result.settled, meaning);
      return settle_wait(result, due, meaning, the);
  }
}

}  // namespace

Settlement settle_not_sent(const Due& due, std::int64_t attempt) {
  Settlement result;
  result.settled = as_it_is(due);
  result.settled.attempt = attempt;
  result.settled.outcome = "not sent";
  return result;
}

Settlement settle_send(const Due& due, std::int64_t attempt, const Meaning& meaning,
                       const Circumstances& the) {
  Settlement result = begin_settlement(due, attempt, meaning);
  open_for_answer(due, meaning, the, result.gates);
  settle_outcome(result, due, meaning, the);
  note_failing(result, due, meaning, the);
  return result;
}

}  // namespace lodge::queue
