#include "storage/tables/outbox.hpp"

#include <algorithm>

#include "storage/tables/columns.hpp"
#include "storage/tables/submission_columns.hpp"

namespace lodge::storage {
namespace {

#define LODGE_SELECT "SELECT " LODGE_SUBMISSION_COLUMNS " FROM submissions s "
// ?1 number, ?2 limit, ?3 collection, ?4 identity, ?5 lane, ?6 state; an absent one fits all.
#define LODGE_FILTER                                                                             \
  "AND s.number > ?1 AND (?3 IS NULL OR r.collection = ?3) AND (?4 IS NULL OR t.identity = ?4) " \
  "AND (?5 IS NULL OR t.lane = ?5) AND (?6 IS NULL OR s.state = ?6) ORDER BY s.number LIMIT ?2"

constexpr const char* select_unsettled = LODGE_SELECT
    "INDEXED BY submissions_unsettled" LODGE_SUBMISSION_JOINS "WHERE " LODGE_UNSETTLED LODGE_FILTER;
constexpr const char* select_stopped =
    LODGE_SELECT "INDEXED BY submissions_stopped" LODGE_SUBMISSION_JOINS
                 "WHERE s.state IN ('conflicted', 'rejected') AND s.state = ?6 " LODGE_FILTER;
constexpr const char* select_all = LODGE_SELECT LODGE_SUBMISSION_JOINS "WHERE 1 " LODGE_FILTER;
constexpr const char* select_oldest =
    LODGE_SELECT "INDEXED BY submissions_unsettled" LODGE_SUBMISSION_JOINS
                 "WHERE s.number > 0 AND " LODGE_UNSETTLED "ORDER BY s.number LIMIT 1";
constexpr const char* select_newest_number = "SELECT max(number) FROM submissions";

#define LODGE_SELECT_DUE                                                                     \
  "SELECT " LODGE_SUBMISSION_COLUMNS                                                         \
  ", r.presence, r.version, r.content, r.updated_at, r.deleted_at, q.number, q.key, q.url, " \
  "q.precondition, q.tag, q.body FROM submissions s "
#define LODGE_DUE_JOINS                                             \
  LODGE_SUBMISSION_JOINS                                            \
  "LEFT JOIN requests q ON q.submission = s.number AND q.number = " \
  "s.request "

constexpr const char* select_due =
    LODGE_SELECT_DUE "INDEXED BY submissions_due" LODGE_DUE_JOINS
                     "WHERE s.stream = ?1 AND s.ready = 1 AND s.due_at <= ?2 "
                     "ORDER BY s.due_at, s.number";
constexpr const char* select_beyond =
    LODGE_SELECT_DUE "INDEXED BY submissions_due" LODGE_DUE_JOINS
                     "WHERE s.stream = ?1 AND s.ready = 1 AND s.due_at > ?2 "
                     "ORDER BY s.due_at, s.number";
constexpr const char* select_facts = LODGE_SELECT_DUE LODGE_DUE_JOINS "WHERE s.id = ?1";
constexpr const char* select_first_due =
    "SELECT s.due_at FROM submissions s INDEXED BY submissions_due "
    "WHERE s.stream = ?1 AND s.ready = 1 ORDER BY s.due_at LIMIT 1";
#undef LODGE_DUE_JOINS
#undef LODGE_SELECT_DUE
#undef LODGE_FILTER
#undef LODGE_SELECT

Due due_at(const Statement& row) {
  SubmissionRow found = submission_at(row);
  Due due;
  due.submission = std::move(found.submission);
  due.stream = found.stream;
  due.in_doubt = found.in_doubt;
  due.accepted = found.accepted;
  due.step = found.step;
  due.rounds = found.rounds;
  due.content = found.content;
  due.base_content = found.base_content;
  due.due_at = found.due_at;
  constexpr int record = submission_columns;
  due.record.id = due.submission.record;
  due.record.presence = known(parse_presence(row.text(record)), row.text(record));
  due.record.version = version_column(row, record + 1);
  due.record_content = row.integer(record + 2);
  due.record.updated_at = time_column(row, record + 3);
  due.record.deleted_at = time_column(row, record + 4);
  constexpr int request = record + 5;
  if (row.is_null(request)) return due;
  StoredRequest& stored = due.request.emplace();
  stored.number = int_column(row, request);
  stored.key = id_column<RequestKeyTag>(row, request + 1);
  stored.url = string_column(row, request + 2);
  stored.precondition = known(parse_precondition(row.text(request + 3)), row.text(request + 3));
  stored.tag = string_column(row, request + 4);
  stored.body = row.integer(request + 5);
  return due;
}

/// A row that makes no sense is told by whoever asks for it; it keeps no other from being sent.
void add_due(const Statement& row, std::vector<Due>& due) {
  try {
    due.push_back(due_at(row));
  } catch (const Error& error) {
    if (error.code() != Errc::store_damaged) throw;
  }
}

void bind_text(Statement& statement, int index, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(index, *text);
  } else {
    statement.bind_null(index);
  }
}

bool fits(const SubmissionFilter& filter, const Submission& submission) {
  return (!filter.collection || *filter.collection == submission.record.collection) &&
         (!filter.identity || *filter.identity == submission.identity) &&
         (!filter.lane || *filter.lane == submission.lane) &&
         (!filter.state || *filter.state == submission.state);
}

const char* page_statement(const OutboxPage& page) {
  const auto& state = page.filter.state;
  if (state == State::conflicted || state == State::rejected) return select_stopped;
  return page.settled_too || (state && is_final(*state)) ? select_all : select_unsettled;
}

std::vector<SubmissionRow> page_rows(Database& database, const OutboxPage& page) {
  std::vector<SubmissionRow> rows;
  const SubmissionFilter& filter = page.filter;
  if (filter.id) {
    auto row = find_submission(database, *filter.id);
    if (row && row->submission.number > page.after_number && fits(filter, row->submission) &&
        (page.settled_too || filter.state || is_unsettled(row->submission.state))) {
      rows.push_back(*std::move(row));
    }
    return rows;
  }
  auto found = database.use(page_statement(page));
  found->bind(1, page.after_number).bind(2, page.limit);
  bind_text(*found, 3, filter.collection);
  bind_text(*found, 4, filter.identity);
  bind_text(*found, 5, filter.lane);
  if (filter.state) {
    found->bind(6, name(*filter.state));
  } else {
    found->bind_null(6);
  }
  while (found->step()) rows.push_back(submission_at(*found));
  return rows;
}

}  // namespace

std::vector<Submission> outbox_page(Database& database, const OutboxPage& page) {
  std::vector<Submission> submissions;
  for (SubmissionRow& row : page_rows(database, page)) {
    submissions.push_back(std::move(row.submission));
  }
  return submissions;
}

std::vector<SubmissionRow> rejected_rows(Database& database, const SubmissionFilter& filter) {
  if (filter.state && *filter.state != State::rejected) return {};
  OutboxPage page{.filter = filter, .limit = -1};  // SQLite: no limit
  page.filter.state = State::rejected;
  return page_rows(database, page);
}

std::optional<SubmissionRow> oldest_unsettled(Database& database) {
  auto found = database.use(select_oldest);
  if (!found->step()) return std::nullopt;
  return submission_at(*found);
}

std::int64_t newest_number(Database& database) {
  auto found = database.use(select_newest_number);
  return found->step() ? found->integer(0) : 0;
}

std::vector<Due> due_in(Database& database, std::int64_t stream, Time now, Time horizon_end,
                        int limit) {
  std::vector<Due> due;
  const auto read = [&](const char* statement, Time bound) {
    auto rows = database.use(statement);
    rows->bind(1, stream).bind(2, millis(bound));
    while (static_cast<int>(due.size()) < limit && rows->step()) add_due(*rows, due);
  };
  read(select_due, now);
  if (static_cast<int>(due.size()) < limit) read(select_beyond, std::max(now, horizon_end));
  return due;
}

std::optional<Time> first_due_in(Database& database, std::int64_t stream) {
  auto found = database.use(select_first_due);
  found->bind(1, stream);
  if (!found->step()) return std::nullopt;
  return time_of(found->integer(0));
}

std::optional<Due> due_facts(Database& database, const SubmissionId& id) {
  auto found = database.use(select_facts);
  bind_id(*found, 1, id);
  if (!found->step()) return std::nullopt;
  return due_at(*found);
}

}  // namespace lodge::storage
