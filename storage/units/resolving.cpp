#include <nlohmann/json.hpp>

#include "storage/tables/columns.hpp"
#include "storage/tables/conflict_rows.hpp"
#include "storage/tables/contents.hpp"
#include "storage/units/filing.hpp"
#include "storage/units/words.hpp"

namespace lodge::storage {
namespace {

/// The server's side of a conflict as last heard of.
struct Theirs {
  BaseKind base = BaseKind::unknown;
  std::optional<Version> version{};
  ContentNumber content = 0;
};

Theirs newest_known(const ConflictRow& conflict, const RecordRow& record) {
  const ConflictRow now = as_of_now(conflict, record);
  Theirs theirs;
  theirs.version = now.version;
  theirs.content = now.theirs;
  if (theirs.version) {
    theirs.base = BaseKind::version;
  } else if (theirs.content == 0 && record.record.presence != Presence::present) {
    theirs.base = BaseKind::absent;
  }
  return theirs;
}

Submission file_replacement(Database& database, const StoreOptions& limits,
                            const SubmissionRow& row, RecordRow& record, const Theirs& theirs,
                            const Decision& decision, const Act& act) {
  const Submission& ours = row.submission;
  Filing filing{.id = decision.fresh_id,
                .identity = ours.identity,
                .lane = ours.lane,
                .operation = ours.operation,
                .content = row.content,
                .digest = ours.digest,
                .size = ours.size,
                .base = theirs.base,
                .base_version = theirs.version,
                .base_content = theirs.content,
                .replaces = row,
                .effective_at = ours.effective_at,
                .action = "resolved",
                .before = theirs.content};
  if (decision.kind == Resolution::Kind::merged) {
    filing.operation = Operation::put;
    filing.digest = digest_of(decision.bytes);
    filing.content = add_content(database, decision.bytes, filing.digest);
    filing.size = static_cast<std::int64_t>(decision.bytes.size());
  }
  return file(database, limits, record, filing, act);
}

void keep_theirs(Database& database, SubmissionRow& row, const Act& act) {
  leave_outbox(database, row, State::withdrawn, act.at);
  log_state(database, row, "theirs kept", act.why, act);
  promote_head(database, row.record);
}

}  // namespace

std::optional<Submission> resolve(Database& database, const StoreOptions& limits,
                                  const Decision& decision, const Act& act) {
  SubmissionRow row = required_submission(database, decision.submission);
  const auto conflict = find_conflict(database, row.submission.number);
  if (row.submission.state != State::conflicted || !conflict) {
    throw Error(Errc::wrong_state,
                "Submission " + decision.submission.text() + " is " +
                    std::string(name(row.submission.state)) +
                    ", not in conflict, so there is nothing to resolve. See explain().");
  }
  RecordRow record = record_row(database, row.record);
  const Theirs theirs = newest_known(*conflict, record);
  if (decision.expected != theirs.version) {
    throw Error(Errc::version_moved,
                "The record moved on since the conflict was shown. Show it again, then resolve "
                "with its version.");
  }
  if (decision.kind == Resolution::Kind::theirs) {
    keep_theirs(database, row, act);
    return std::nullopt;
  }
  if (find_submission(database, decision.fresh_id)) {
    throw Error(Errc::already_submitted, "The replacement's id " + decision.fresh_id.text() +
                                             " is taken. Resolve with a fresh one.");
  }
  return file_replacement(database, limits, row, record, theirs, decision, act);
}

}  // namespace lodge::storage
