#include "storage/tables/submission_brief.hpp"

#include "storage/tables/columns.hpp"
#include "storage/tables/streams.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_brief =
    "SELECT id, record, place, stream, operation, size, content, base_content, state, doubt, "
    "ready, request FROM submissions WHERE number = ?1";
// SQLite writes anew whatever index has a column that is set, changed or not: those of the
// unsettled are left alone while a submission stays one. And it copies the pages that a statement
// touches if a column that is set has a function in its check: `replaced_by` is for its own.
#define LODGE_UPDATE                                                                          \
  "UPDATE OR FAIL submissions SET state = ?2, doubt = ?3, ready = ?4, step = ?5, accepted = " \
  "?6, request = ?7, tries = ?8, rounds = ?9, due_at = ?10, problem = ?11, problem_status = ?12 "
#define LODGE_SETTLED ", settled_at = ?13, evidence = ?14, delivered_version = ?15 "
constexpr const char* update_unsettled_row = LODGE_UPDATE "WHERE number = ?1";
constexpr const char* update_settled_row = LODGE_UPDATE LODGE_SETTLED "WHERE number = ?1";
constexpr const char* update_replaced_row =
    LODGE_UPDATE LODGE_SETTLED ", replaced_by = ?16 WHERE number = ?1";
#undef LODGE_SETTLED
#undef LODGE_UPDATE
constexpr const char* update_sending =
    "UPDATE OR FAIL submissions SET state = 'sending', ready = 0, tries = tries + 1, request = ?2 "
    "WHERE number = ?1";

const char* update_for(const SubmissionChange& now) {
  if (!now.settled_at) return update_unsettled_row;
  return now.replaced_by ? update_replaced_row : update_settled_row;
}

void bind_end(Statement& update, const SubmissionChange& now) {
  bind_time(update, 13, now.settled_at);
  if (now.proof) {
    update.bind(14, now.proof->evidence);
    if (!now.proof->version.empty()) update.bind(15, now.proof->version);
  }
  if (now.replaced_by) bind_id(update, 16, now.replaced_by);
}

}  // namespace

std::optional<SubmissionBrief> brief_of(Database& database, std::int64_t number) {
  auto row = database.use(select_brief);
  row->bind(1, number);
  if (!row->step()) return std::nullopt;
  return SubmissionBrief{.number = number,
                         .id = id_column<SubmissionTag>(*row, 0),
                         .record = row->integer(1),
                         .place = count_column(*row, 2),
                         .stream = row->integer(3),
                         .operation = known(parse_operation(row->text(4)), row->text(4)),
                         .size = count_column(*row, 5),
                         .content = row->integer(6),
                         .base_content = row->integer(7),
                         .state = known(parse_state(row->text(8)), row->text(8)),
                         .in_doubt = row->integer(9) != 0,
                         .ready = row->integer(10) != 0,
                         .request = int_column(*row, 11)};
}

void write_change(Database& database, SubmissionBrief& brief, const SubmissionChange& now) {
  auto update = database.use(update_for(now));
  update->bind(1, brief.number)
      .bind(2, name(now.state))
      .bind(3, now.in_doubt ? 1 : 0)
      .bind(4, now.ready ? 1 : 0)
      .bind(5, name(now.step))
      .bind(6, now.accepted ? 1 : 0)
      .bind(7, now.request)
      .bind(8, now.tries)
      .bind(9, now.rounds)
      .bind(10, millis(now.due_at))
      .bind(11, now.problem)
      .bind(12, now.problem_status);
  if (now.settled_at) bind_end(*update, now);
  update->run();
  count_state(database, brief.stream, brief.size, brief.state, now.state);
  if (now.proof) count_delivery(database, brief.stream, *now.settled_at);
  brief.state = now.state;
  brief.in_doubt = now.in_doubt;
  brief.ready = now.ready;
  brief.request = now.request;
}

void mark_sending(Database& database, SubmissionBrief& brief) {
  database.use(update_sending)->bind(1, brief.number).bind(2, brief.request).run();
  count_state(database, brief.stream, brief.size, brief.state, State::sending);
  brief.state = State::sending;
  brief.ready = false;
}

}  // namespace lodge::storage
