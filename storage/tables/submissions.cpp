#include "storage/tables/submissions.hpp"

#include "storage/tables/columns.hpp"
#include "storage/tables/streams.hpp"
#include "storage/tables/submission_columns.hpp"

namespace lodge::storage {
namespace {

#define LODGE_SELECT "SELECT " LODGE_SUBMISSION_COLUMNS " FROM submissions s "
#define LODGE_IN_ORDER                                                  \
  LODGE_SELECT "INDEXED BY submissions_in_order" LODGE_SUBMISSION_JOINS \
               "WHERE s.record = ?1 AND " LODGE_UNSETTLED

constexpr const char* select_by_id = LODGE_SELECT LODGE_SUBMISSION_JOINS "WHERE s.id = ?1";
constexpr const char* select_by_number = LODGE_SELECT LODGE_SUBMISSION_JOINS "WHERE s.number = ?1";
constexpr const char* select_known = "SELECT 1 FROM submissions WHERE id = ?1";
constexpr const char* select_first = LODGE_IN_ORDER "ORDER BY s.place LIMIT 1";
constexpr const char* select_last = LODGE_IN_ORDER "ORDER BY s.place DESC LIMIT 1";
constexpr const char* select_last_of_identity =
    LODGE_IN_ORDER "AND t.identity = ?2 ORDER BY s.place DESC LIMIT 1";
constexpr const char* select_before =
    LODGE_IN_ORDER "AND s.place < ?2 ORDER BY s.place DESC LIMIT 1";
constexpr const char* select_from = LODGE_IN_ORDER "AND s.place >= ?2 ORDER BY s.place";
constexpr const char* select_conflicted =
    LODGE_SELECT "INDEXED BY submissions_stopped" LODGE_SUBMISSION_JOINS
                 "WHERE s.state IN ('conflicted', 'rejected') AND s.state = ?1 ORDER BY s.number";
#undef LODGE_IN_ORDER
#undef LODGE_SELECT

constexpr const char* select_obstacle =
    "SELECT EXISTS (SELECT 1 FROM submissions s INDEXED BY submissions_in_order "
    "WHERE s.record = ?1 AND " LODGE_UNSETTLED
    "AND s.place < ?2) OR EXISTS (SELECT 1 FROM attempts a INDEXED BY attempts_open "
    "WHERE a.record = ?1 AND a.ended_at IS NULL)";
constexpr const char* insert_row =
    "INSERT INTO submissions (id, record, place, stream, operation, content, size, base, "
    "base_version, base_content, after, replaces, submitted_at, effective_at, reason, state, "
    "ready, "
    "due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 'pending', "
    "?16, ?17)";
constexpr const char* update_ready = "UPDATE submissions SET ready = 1 WHERE number = ?1";

std::optional<SubmissionRow> first_of(Statement& rows) {
  if (!rows.step()) return std::nullopt;
  return submission_at(rows);
}

std::vector<SubmissionRow> all_of(Statement& rows) {
  std::vector<SubmissionRow> found;
  while (rows.step()) found.push_back(submission_at(rows));
  return found;
}

}  // namespace

SubmissionRow submission_at(const Statement& row) {
  SubmissionRow found;
  Submission& submission = found.submission;
  submission.number = count_column(row, 0);
  submission.id = id_column<SubmissionTag>(row, 1);
  submission.record = {string_column(row, 2), string_column(row, 3)};
  submission.place = count_column(row, 4);
  submission.operation = known(parse_operation(row.text(5)), row.text(5));
  submission.state = known(parse_state(row.text(6)), row.text(6));
  submission.identity = string_column(row, 7);
  submission.lane = string_column(row, 8);
  submission.digest = digest_column(row, 9);
  submission.size = count_column(row, 10);
  submission.base = known(parse_base(row.text(11)), row.text(11));
  submission.base_version = version_column(row, 12);
  submission.after = optional_id_column<SubmissionTag>(row, 13);
  check_base(submission.base, submission.base_version.has_value(), submission.after.has_value());
  submission.replaces = optional_id_column<SubmissionTag>(row, 14);
  submission.replaced_by = optional_id_column<SubmissionTag>(row, 15);
  submission.submitted_at = time_of(row.integer(16));
  submission.effective_at = time_column(row, 17);
  submission.reason = string_column(row, 18);
  submission.tries = int_column(row, 19);
  submission.problem = string_column(row, 20);
  submission.problem_status = int_column(row, 21);
  submission.settled_at = time_column(row, 22);
  found.stored = submission.state;
  found.record = row.integer(23);
  found.stream = row.integer(24);
  found.in_doubt = row.integer(25) != 0;
  found.ready = row.integer(26) != 0;
  found.accepted = row.integer(27) != 0;
  found.step = known(parse_step(row.text(28)), row.text(28));
  found.request = int_column(row, 29);
  found.rounds = int_column(row, 30);
  found.content = row.integer(31);
  found.base_content = row.integer(32);
  found.due_at = time_of(row.integer(33));
  if (may_go(submission.state)) submission.next_try_at = found.due_at;
  return found;
}

SubmissionBrief brief_of(const SubmissionRow& row) {
  const Submission& submission = row.submission;
  return {.number = submission.number,
          .id = submission.id,
          .record = row.record,
          .place = submission.place,
          .stream = row.stream,
          .operation = submission.operation,
          .size = submission.size,
          .content = row.content,
          .base_content = row.base_content,
          .state = submission.state,
          .in_doubt = row.in_doubt,
          .ready = row.ready,
          .request = row.request};
}

std::optional<SubmissionRow> find_submission(Database& database, const SubmissionId& id) {
  auto found = database.use(select_by_id);
  bind_id(*found, 1, id);
  return first_of(*found);
}

std::optional<SubmissionRow> find_submission(Database& database, std::int64_t number) {
  auto found = database.use(select_by_number);
  found->bind(1, number);
  return first_of(*found);
}

bool has_submission(Database& database, const SubmissionId& id) {
  auto found = database.use(select_known);
  bind_id(*found, 1, id);
  return found->step();
}

std::optional<SubmissionRow> head_of(Database& database, std::int64_t record) {
  auto found = database.use(select_first);
  found->bind(1, record);
  return first_of(*found);
}

std::optional<SubmissionRow> last_of(Database& database, std::int64_t record) {
  auto found = database.use(select_last);
  found->bind(1, record);
  return first_of(*found);
}

std::optional<SubmissionRow> last_of(Database& database, std::int64_t record,
                                     std::string_view identity) {
  auto found = database.use(select_last_of_identity);
  found->bind(1, record).bind(2, identity);
  return first_of(*found);
}

std::optional<SubmissionRow> next_before(Database& database, std::int64_t record,
                                         std::int64_t place) {
  auto found = database.use(select_before);
  found->bind(1, record).bind(2, place);
  return first_of(*found);
}

std::vector<SubmissionRow> unsettled_from(Database& database, std::int64_t record,
                                          std::int64_t place) {
  auto rows = database.use(select_from);
  rows->bind(1, record).bind(2, place);
  return all_of(*rows);
}

bool would_be_ready(Database& database, std::int64_t record, std::int64_t place) {
  auto found = database.use(select_obstacle);
  found->bind(1, record).bind(2, place);
  return found->step() && found->integer(0) == 0;
}

std::vector<SubmissionRow> stopped_rows(Database& database, State state) {
  auto rows = database.use(select_conflicted);
  rows->bind(1, name(state));
  return all_of(*rows);
}

std::int64_t insert_submission(Database& database, SubmissionRow& row) {
  const Submission& submission = row.submission;
  auto insert = database.use(insert_row);
  bind_id(*insert, 1, submission.id);
  insert->bind(2, row.record)
      .bind(3, submission.place)
      .bind(4, row.stream)
      .bind(5, name(submission.operation));
  bind_content(*insert, 6, row.content);
  insert->bind(7, submission.size).bind(8, name(submission.base));
  bind_version(*insert, 9, submission.base_version);
  bind_content(*insert, 10, row.base_content);
  bind_id(*insert, 11, submission.after);
  bind_id(*insert, 12, submission.replaces);
  insert->bind(13, millis(submission.submitted_at));
  bind_time(*insert, 14, submission.effective_at);
  insert->bind(15, submission.reason)
      .bind(16, row.ready ? 1 : 0)
      .bind(17, millis(row.due_at))
      .run();
  const std::int64_t number = database.last_rowid();
  count_state(database, row.stream, submission.size, std::nullopt, submission.state);
  row.stored = submission.state;
  return number;
}

void update_submission(Database& database, SubmissionRow& row, const std::optional<Proof>& proof) {
  const Submission& submission = row.submission;
  SubmissionBrief brief = brief_of(row);
  brief.state = row.stored.value_or(submission.state);
  write_change(database, brief,
               {.state = submission.state,
                .in_doubt = row.in_doubt,
                .ready = row.ready,
                .accepted = row.accepted,
                .step = row.step,
                .request = row.request,
                .tries = submission.tries,
                .rounds = row.rounds,
                .due_at = row.due_at,
                .problem = submission.problem,
                .problem_status = submission.problem_status,
                .settled_at = submission.settled_at,
                .proof = proof,
                .replaced_by = submission.replaced_by});
  row.stored = submission.state;
}

bool promote_head(Database& database, std::int64_t record) {
  const auto head = head_of(database, record);
  if (!head || head->ready || !may_go(head->submission.state)) return false;
  if (!would_be_ready(database, record, head->submission.place)) return false;
  database.use(update_ready)->bind(1, head->submission.number).run();
  return true;
}

}  // namespace lodge::storage
