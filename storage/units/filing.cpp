#include "storage/units/filing.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/streams.hpp"

namespace lodge::storage {
namespace {

void check_room(Database& database, const StoreOptions& limits, std::int64_t more_bytes) {
  const OutboxSize size = outbox_size(database);
  const bool many = size.submissions + 1 > limits.outbox_limit;
  if (!many && size.bytes + more_bytes <= limits.outbox_bytes) return;
  throw Error(Errc::outbox_full,
              many ? "The outbox holds " + std::to_string(limits.outbox_limit) +
                         " submissions, its limit. Deliver or withdraw some, or raise the limit."
                   : "The outbox holds " + std::to_string(limits.outbox_bytes) +
                         " bytes, its limit. Deliver or withdraw some, or raise the limit.");
}

void replace(Database& database, SubmissionRow predecessor, const SubmissionId& by,
             const Act& act) {
  predecessor.submission.replaced_by = by;
  leave_outbox(database, predecessor, State::replaced, act.at);
  log_state(database, predecessor, "replaced", act.why, act);
}

SubmissionRow row_of(const RecordRow& record, const Filing& filing, const Act& act) {
  SubmissionRow row;
  row.record = record.number;
  row.content = filing.content;
  row.base_content = filing.base_content;
  row.due_at = act.at;
  Submission& submission = row.submission;
  submission.id = filing.id;
  submission.record = record.record.id;
  submission.operation = filing.operation;
  submission.identity = filing.identity;
  submission.lane = filing.lane;
  submission.digest = filing.digest;
  submission.size = filing.size;
  submission.base = filing.base;
  submission.base_version = filing.base_version;
  submission.after = filing.after;
  if (filing.replaces) submission.replaces = filing.replaces->submission.id;
  submission.submitted_at = act.at;
  submission.effective_at = filing.effective_at;
  submission.reason = act.why;
  submission.next_try_at = act.at;
  return row;
}

}  // namespace

Submission file(Database& database, const StoreOptions& limits, RecordRow& record,
                const Filing& filing, const Act& act) {
  if (filing.replaces) replace(database, *filing.replaces, filing.id, act);
  check_room(database, limits, filing.size);
  SubmissionRow row = row_of(record, filing, act);
  row.stream = stream_of(database, record.record.id.collection, filing.identity, filing.lane);
  row.submission.place =
      filing.replaces ? filing.replaces->submission.place : take_place(database, record);
  row.ready = record.fresh || would_be_ready(database, record.number, row.submission.place);
  row.submission.number = insert_submission(database, row);
  append_entry(database, {.at = act.at,
                          .who = act.who,
                          .action = filing.action,
                          .why = act.why,
                          .record = record.number,
                          .submission = filing.id,
                          .state = State::pending,
                          .before = filing.before,
                          .after = filing.content});
  return row.submission;
}

void leave_outbox(Database& database, SubmissionRow& row, State final_state, Time at) {
  row.submission.state = final_state;
  row.submission.settled_at = at;
  row.submission.next_try_at.reset();
  row.ready = false;
  update_submission(database, row);
}

void log_state(Database& database, const SubmissionRow& row, std::string_view action,
               std::string_view why, const Act& act) {
  append_entry(database, {.at = act.at,
                          .who = act.who,
                          .action = action,
                          .why = why,
                          .record = row.record,
                          .submission = row.submission.id,
                          .state = row.submission.state});
}

}  // namespace lodge::storage
