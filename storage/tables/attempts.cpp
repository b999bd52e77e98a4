#include "storage/tables/attempts.hpp"

#include "storage/history/history_log.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

constexpr const char* insert_request =
    "INSERT INTO requests (submission, number, key, url, precondition, tag, body, opened_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
constexpr const char* select_body =
    "SELECT body FROM requests WHERE submission = ?1 AND number = ?2";
// The index attempts_open knows whether another is on the wire.
constexpr const char* insert_attempt =
    "INSERT INTO attempts (submission, record, request, step, epoch, started_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (record) WHERE ended_at IS NULL DO NOTHING";

#define LODGE_SELECT_ATTEMPT                                                                 \
  "SELECT a.number, s.id, a.request, a.step, a.epoch, a.started_at, a.ended_at, a.outcome, " \
  "a.status, a.arrived, a.detail, a.submission, a.record "
constexpr const char* select_one = LODGE_SELECT_ATTEMPT
    "FROM attempts a CROSS JOIN submissions s ON s.number = a.submission WHERE a.number = ?1";
constexpr const char* select_open = LODGE_SELECT_ATTEMPT
    "FROM attempts a INDEXED BY attempts_open CROSS JOIN submissions s ON s.number = a.submission "
    "WHERE a.ended_at IS NULL ORDER BY a.record";
constexpr const char* select_of_submission = LODGE_SELECT_ATTEMPT
    "FROM submissions s CROSS JOIN attempts a INDEXED BY attempts_of_submission "
    "ON a.submission = s.number WHERE s.id = ?1 ORDER BY a.number";
#undef LODGE_SELECT_ATTEMPT

constexpr const char* select_outcomes =
    "SELECT outcome FROM attempts INDEXED BY attempts_of_submission WHERE submission = ?1 "
    "ORDER BY number DESC";
constexpr const char* update_end =
    "UPDATE attempts SET ended_at = coalesce(ended_at, ?2), outcome = ?3, status = ?4, arrived = "
    "?5, "
    "detail = ?6 WHERE number = ?1";
constexpr const char* update_open_end =
    "UPDATE attempts SET ended_at = ?2, outcome = ?3, status = ?4, arrived = ?5, detail = ?6 "
    "WHERE number = ?1 AND ended_at IS NULL AND submission = ?7 AND request = ?8";

AttemptRow row_of(const Statement& row) {
  AttemptRow found;
  Attempt& attempt = found.attempt;
  attempt.number = row.integer(0);
  attempt.submission = id_column<SubmissionTag>(row, 1);
  attempt.request = int_column(row, 2);
  attempt.step = known(parse_step(row.text(3)), row.text(3));
  attempt.epoch = row.integer(4);
  attempt.started_at = time_of(row.integer(5));
  attempt.ended_at = time_column(row, 6);
  attempt.outcome = string_column(row, 7);
  attempt.status = int_column(row, 8);
  attempt.may_have_arrived = row.integer(9) != 0;
  attempt.detail = string_column(row, 10);
  found.submission = row.integer(11);
  found.record = row.integer(12);
  return found;
}

void bind_end(Statement& update, std::int64_t number, const AttemptEnd& end) {
  update.bind(1, number)
      .bind(2, millis(end.at))
      .bind(3, end.outcome)
      .bind(4, end.status)
      .bind(5, end.arrived ? 1 : 0)
      .bind(6, end.detail);
}

}  // namespace

void open_request(Database& database, SubmissionBrief& brief, const NewRequest& request, Time at) {
  const ContentNumber body =
      request.merged_body ? add_content(database, *request.merged_body) : brief.content;
  brief.request += 1;
  auto insert = database.use(insert_request);
  insert->bind(1, brief.number).bind(2, brief.request);
  bind_id(*insert, 3, request.key);
  insert->bind(4, request.url).bind(5, name(request.precondition)).bind(6, request.tag);
  bind_content(*insert, 7, body);
  insert->bind(8, millis(at)).run();
  if (brief.request == 1) return;
  append_entry(database, {.at = at,
                          .who = "lodge",
                          .action = "request opened",
                          .why = request.merged_body ? "merged with the server's copy"
                                                     : "on the server's version as read",
                          .record = brief.record,
                          .submission = brief.id,
                          .before = brief.content,
                          .after = body});
}

ContentNumber request_body(Database& database, std::int64_t submission, int request) {
  auto found = database.use(select_body);
  found->bind(1, submission).bind(2, request);
  return found->step() ? found->integer(0) : 0;
}

std::optional<std::int64_t> open_attempt(Database& database, const SubmissionBrief& brief,
                                         Step step, int request, std::int64_t epoch, Time at) {
  database.use(insert_attempt)
      ->bind(1, brief.number)
      .bind(2, brief.record)
      .bind(3, request)
      .bind(4, name(step))
      .bind(5, epoch)
      .bind(6, millis(at))
      .run();
  if (database.changes() == 0) return std::nullopt;
  return database.last_rowid();
}

std::optional<AttemptRow> find_attempt(Database& database, std::int64_t number) {
  auto found = database.use(select_one);
  found->bind(1, number);
  if (!found->step()) return std::nullopt;
  return row_of(*found);
}

std::vector<AttemptRow> open_attempts(Database& database) {
  std::vector<AttemptRow> attempts;
  auto rows = database.use(select_open);
  while (rows->step()) attempts.push_back(row_of(*rows));
  return attempts;
}

std::vector<Attempt> attempts_of(Database& database, const SubmissionId& id) {
  std::vector<Attempt> attempts;
  auto rows = database.use(select_of_submission);
  bind_id(*rows, 1, id);
  while (rows->step()) attempts.push_back(row_of(*rows).attempt);
  return attempts;
}

int lost_in_a_row(Database& database, std::int64_t submission) {
  int lost = 0;
  auto rows = database.use(select_outcomes);
  rows->bind(1, submission);
  while (rows->step() && rows->text(0) == "lost") ++lost;
  return lost;
}

void end_attempt(Database& database, std::int64_t number, const AttemptEnd& end) {
  auto update = database.use(update_end);
  bind_end(*update, number, end);
  update->run();
}

bool end_open_attempt(Database& database, std::int64_t number, const SubmissionBrief& brief,
                      const AttemptEnd& end) {
  auto update = database.use(update_open_end);
  bind_end(*update, number, end);
  update->bind(7, brief.number).bind(8, brief.request).run();
  return database.changes() == 1;
}

}  // namespace lodge::storage
