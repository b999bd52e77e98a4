#include "storage/units/late_answers.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/attempts.hpp"
#include "storage/tables/columns.hpp"
#include "storage/units/learning.hpp"
#include "storage/units/settling.hpp"
#include "storage/units/words.hpp"

namespace lodge::storage {
namespace {

/// A late success of the request that the submission would repeat is the proof it waits for; one of
/// an older request only tells that the server's copy must be read.
void take_late_success(Database& database, SubmissionRow& row, int request, const Settled& settled,
                       const Act& act) {
  const bool waits = may_go(row.submission.state) && row.ready;
  if (waits && request == row.request) {
    row.submission.state = State::delivered;
    row.submission.settled_at = act.at;
    row.in_doubt = false;
    row.accepted = false;
    row.ready = false;
    update_submission(database, row, proof_of(settled));
  } else if (waits) {
    row.submission.state = State::unconfirmed;
    row.in_doubt = true;
    row.step = Step::check;
    row.due_at = act.at;
    update_submission(database, row);
  }
}

}  // namespace

Stored settle_late(Database& database, const Settled& settled, const Act& act) {
  const auto attempt = find_attempt(database, settled.attempt);
  if (!attempt || attempt->submission != settled.submission) {
    throw Error(Errc::broken_invariant,
                "An answer names an attempt of another submission. Please report this.");
  }
  SubmissionRow row = required_submission(database, attempt->attempt.submission);
  end_attempt(database, settled.attempt,
              {.at = act.at,
               .outcome = "late",
               .status = settled.status,
               .arrived = settled.arrived,
               .detail = settled.detail});
  std::optional<LearnedState> learned;
  if (settled.state == State::delivered) {
    if (settled.record) {
      const SubmissionBrief brief = brief_of(row);
      learned = learn_state(database, row.record, *settled.record, &brief, act.at);
    }
    take_late_success(database, row, attempt->attempt.request, settled, act);
    const State state = row.submission.state;
    append_entry(database, {.at = act.at,
                            .who = act.who,
                            .action = "late success kept",
                            .why = settled.evidence,
                            .record = row.record,
                            .submission = row.submission.id,
                            .state = state == State::sending ? std::nullopt : std::optional(state),
                            .version = learned ? learned->now.record.version : std::nullopt,
                            .after = row.content});
  }
  const bool ready = promote_head(database, row.record);
  return {.late = true,
          .state = row.submission.state,
          .next_is_ready = ready,
          .stale_drafts = learned ? std::move(learned->stale_drafts) : std::vector<SubmissionId>{}};
}

}  // namespace lodge::storage
