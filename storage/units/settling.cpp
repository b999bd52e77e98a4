#include "storage/units/settling.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/attempts.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/conflict_rows.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/receipts.hpp"
#include "storage/tables/streams.hpp"
#include "storage/units/filing.hpp"
#include "storage/units/learning.hpp"

namespace lodge::storage {
namespace {

/// The state that the history last heard of: claiming leaves no entry.
State logged_state(const SubmissionRow& row) {
  if (row.submission.state != State::sending) return row.submission.state;
  return row.in_doubt ? State::unconfirmed : State::pending;
}

State state_after(const Settled& settled) {
  if (settled.state == State::pending && settled.in_doubt) return State::unconfirmed;
  return settled.state;
}

bool doubt_after(const Settled& settled, State state) {
  return state == State::unconfirmed || (!is_final(state) && settled.in_doubt);
}

void keep_conflict(Database& database, const SubmissionRow& row, const ConflictFound& found,
                   const std::optional<LearnedState>& learned, Time at) {
  ContentNumber theirs = 0;
  if (found.theirs) {
    const Digest digest = digest_of(*found.theirs);
    const ContentNumber known = learned ? learned->now.content : 0;
    const bool same = known != 0 && content_digest(database, known) == digest;
    theirs = same ? known : add_content(database, *found.theirs, digest);
  }
  write_conflict(database, {.submission = row.submission.number,
                            .base = row.base_content,
                            .theirs = theirs,
                            .version = found.version,
                            .overlaps_json = found.overlaps_json,
                            .note = found.note,
                            .since = at});
}

void keep_proof(Database& database, const SubmissionRow& row, const Settled& settled, Time at) {
  count_delivery(database, row.stream, at);
  add_receipt(database, row.submission.number,
              {.submission = row.submission.id,
               .version = settled.record ? settled.record->version : std::nullopt,
               .delivered_at = at,
               .evidence = settled.evidence});
}

void log_settled(Database& database, const SubmissionRow& row, const Settled& settled, State before,
                 const std::optional<LearnedState>& learned, const Act& act) {
  const State now = row.submission.state;
  if (settled.action.empty() && before == now && !(learned && learned->changed())) return;
  append_entry(database,
               {.at = act.at,
                .who = act.who,
                .action = settled.action.empty() ? name(now) : std::string_view(settled.action),
                .why = settled.why,
                .record = row.record,
                .submission = row.submission.id,
                .state = now,
                .version = learned ? learned->now.record.version : std::nullopt,
                .before = row.base_content,
                .after = row.content});
}

void apply(Database& database, SubmissionRow& row, const Settled& settled, const Act& act,
           Stored& stored) {
  const State before = logged_state(row);
  const State state = state_after(settled);
  std::optional<LearnedState> learned;
  if (settled.record) {
    learned = learn_state(database, row.record, *settled.record, &row, act.at);
  }
  Submission& submission = row.submission;
  row.in_doubt = doubt_after(settled, state);
  row.accepted = settled.accepted && !is_final(state);
  row.step = settled.step;
  row.rounds = settled.rounds;
  row.due_at = settled.due_at;
  row.ready = may_go(state);
  submission.tries = settled.tries;
  submission.problem = settled.problem;
  submission.problem_status = settled.problem_status;
  if (settled.request && !is_final(state)) open_request(database, row, *settled.request, act.at);
  if (is_final(state)) {
    leave_outbox(database, row, state, act.at);
  } else {
    submission.state = state;
    update_submission(database, row);
  }
  if (state == State::conflicted) {
    keep_conflict(database, row, settled.conflict.value_or(ConflictFound{}), learned, act.at);
  }
  if (state == State::delivered) keep_proof(database, row, settled, act.at);
  log_settled(database, row, settled, before, learned, act);
  if (is_final(state)) stored.next_is_ready = promote_head(database, row.record);
  if (learned) stored.stale_drafts = std::move(learned->stale_drafts);
  stored.state = row.submission.state;
}

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
    update_submission(database, row);
    keep_proof(database, row, settled, act.at);
  } else if (waits) {
    row.submission.state = State::unconfirmed;
    row.in_doubt = true;
    row.step = Step::check;
    row.due_at = act.at;
    update_submission(database, row);
  }
}

Stored settle_late(Database& database, SubmissionRow& row, const AttemptRow& attempt,
                   const Settled& settled, const Act& act) {
  end_attempt(database, attempt.attempt.number,
              {.at = act.at,
               .outcome = "late",
               .status = settled.status,
               .arrived = settled.arrived,
               .detail = settled.detail});
  if (settled.state == State::delivered) {
    std::optional<LearnedState> learned;
    if (settled.record) {
      learned = learn_state(database, row.record, *settled.record, &row, act.at);
    }
    take_late_success(database, row, attempt.attempt.request, settled, act);
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
  return {.late = true, .state = row.submission.state, .next_is_ready = ready};
}

SubmissionRow existing_row(Database& database, std::int64_t number) {
  auto row = find_submission(database, number);
  if (row) return *std::move(row);
  throw Error(Errc::broken_invariant,
              "An answer names submission " + std::to_string(number) + ", which does not exist.");
}

}  // namespace

Stored settle_one(Database& database, const Settled& settled, const Act& act) {
  if (settled.state == State::sending || settled.state == State::replaced) {
    throw Error(Errc::broken_invariant, "No answer makes a submission sending or replaced.");
  }
  SubmissionRow row = existing_row(database, settled.submission);
  if (!settled.attempt) {
    const bool free = may_go(row.submission.state) && row.ready;
    Stored stored{.late = !free, .state = row.submission.state};
    if (free) apply(database, row, settled, act, stored);
    return stored;
  }
  const auto attempt = find_attempt(database, *settled.attempt);
  if (!attempt || attempt->submission != settled.submission) {
    throw Error(Errc::broken_invariant, "An answer names an attempt of another submission.");
  }
  const bool owns = !attempt->attempt.ended_at && row.submission.state == State::sending &&
                    attempt->attempt.request == row.request;
  if (!owns) {
    return settle_late(database, row, *attempt, settled, act);
  }
  end_attempt(database, attempt->attempt.number,
              {.at = act.at,
               .outcome = settled.outcome,
               .status = settled.status,
               .arrived = settled.arrived,
               .detail = settled.detail});
  Stored stored;
  apply(database, row, settled, act, stored);
  return stored;
}

}  // namespace lodge::storage
