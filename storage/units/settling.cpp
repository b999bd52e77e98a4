#include "storage/units/settling.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/attempts.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/conflict_rows.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/submissions.hpp"
#include "storage/units/late_answers.hpp"
#include "storage/units/learning.hpp"

namespace lodge::storage {
namespace {

/// The state that the history last heard of: claiming leaves no entry.
State logged_state(const SubmissionBrief& brief) {
  if (brief.state != State::sending) return brief.state;
  return brief.in_doubt ? State::unconfirmed : State::pending;
}

State state_after(const Settled& settled) {
  if (settled.state == State::pending && settled.in_doubt) return State::unconfirmed;
  return settled.state;
}

bool doubt_after(const Settled& settled, State state) {
  return state == State::unconfirmed || (!is_final(state) && settled.in_doubt);
}

void keep_conflict(Database& database, const SubmissionBrief& brief, const ConflictFound& found,
                   const std::optional<LearnedState>& learned, Time at) {
  ContentNumber theirs = 0;
  if (found.theirs) {
    const Digest digest = digest_of(*found.theirs);
    const ContentNumber known = learned ? learned->now.content : 0;
    const bool same = known != 0 && content_digest(database, known) == digest;
    theirs = same ? known : add_content(database, *found.theirs, digest);
  }
  write_conflict(database, {.submission = brief.number,
                            .base = brief.base_content,
                            .theirs = theirs,
                            .version = found.version,
                            .overlaps_json = found.overlaps_json,
                            .note = found.note,
                            .since = at});
}

void log_settled(Database& database, const SubmissionBrief& brief, const Settled& settled,
                 State before, const std::optional<LearnedState>& learned, const Act& act) {
  const State now = brief.state;
  if (settled.action.empty() && before == now && !(learned && learned->changed())) return;
  append_entry(database,
               {.at = act.at,
                .who = act.who,
                .action = settled.action.empty() ? name(now) : std::string_view(settled.action),
                .why = settled.why,
                .record = brief.record,
                .submission = brief.id,
                .state = now,
                .version = learned ? learned->now.record.version : std::nullopt,
                .before = brief.base_content,
                .after = brief.content});
}

SubmissionChange change_after(const SubmissionBrief& brief, const Settled& settled, Time at) {
  const State state = state_after(settled);
  const bool final = is_final(state);
  return {.state = state,
          .in_doubt = doubt_after(settled, state),
          .ready = may_go(state),
          .accepted = settled.accepted && !final,
          .step = settled.step,
          .request = brief.request,
          .tries = settled.tries,
          .rounds = settled.rounds,
          .due_at = settled.due_at,
          .problem = settled.problem,
          .problem_status = settled.problem_status,
          .settled_at = final ? std::optional(at) : std::nullopt,
          .proof = state == State::delivered ? std::optional(proof_of(settled)) : std::nullopt};
}

/// Whether others of its record may stand behind it: places are given in order, each once.
bool has_followers(const SubmissionBrief& brief, const std::optional<LearnedState>& learned) {
  return !learned || brief.place + 1 < learned->now.next_place;
}

void apply(Database& database, SubmissionBrief& brief, const Settled& settled, const Act& act,
           Stored& stored) {
  const State before = logged_state(brief);
  std::optional<LearnedState> learned;
  if (settled.record) {
    learned = learn_state(database, brief.record, *settled.record, &brief, act.at);
  }
  if (settled.request && !is_final(state_after(settled)))
    open_request(database, brief, *settled.request, act.at);
  write_change(database, brief, change_after(brief, settled, act.at));
  if (brief.state == State::conflicted) {
    keep_conflict(database, brief, settled.conflict.value_or(ConflictFound{}), learned, act.at);
  }
  log_settled(database, brief, settled, before, learned, act);
  if (is_final(brief.state) && has_followers(brief, learned))
    stored.next_is_ready = promote_head(database, brief.record);
  if (learned) stored.stale_drafts = std::move(learned->stale_drafts);
  stored.state = brief.state;
}

/// The answer's attempt still has the submission, and has ended by now.
bool takes_back(Database& database, const SubmissionBrief& brief, const Settled& settled, Time at) {
  return brief.state == State::sending && end_open_attempt(database, settled.attempt, brief,
                                                           {.at = at,
                                                            .outcome = settled.outcome,
                                                            .status = settled.status,
                                                            .arrived = settled.arrived,
                                                            .detail = settled.detail});
}

}  // namespace

Proof proof_of(const Settled& settled) {
  const auto* version =
      settled.record && settled.record->version ? &*settled.record->version : nullptr;
  return {.evidence = settled.evidence, .version = version ? version->tag : std::string_view()};
}

Stored settle_one(Database& database, const Settled& settled, const Act& act) {
  if (settled.state == State::sending || settled.state == State::replaced) {
    throw Error(Errc::broken_invariant,
                "No answer makes a submission sending or replaced. Please report this.");
  }
  auto brief = brief_of(database, settled.submission);
  if (!brief) {
    throw Error(Errc::broken_invariant, "An answer names submission " +
                                            std::to_string(settled.submission) +
                                            ", which does not exist. Please report this.");
  }
  if (!takes_back(database, *brief, settled, act.at)) return settle_late(database, settled, act);
  Stored stored;
  apply(database, *brief, settled, act, stored);
  return stored;
}

}  // namespace lodge::storage
