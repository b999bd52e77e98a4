#include "storage/tables/drafts.hpp"

#include <nlohmann/json.hpp>

#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/receipts.hpp"
#include "storage/tables/streams.hpp"

namespace lodge::storage {
namespace {

#define LODGE_SELECT_DRAFT                                                                  \
  "SELECT d.id, d.record, r.collection, r.key, d.identity, d.lane, d.revision, d.session, " \
  "d.bytes, d.digest, d.base, d.base_version, d.base_content, d.after, d.amends, d.stale, " \
  "d.saved_at, d.logged, d.logged_at "                                                      \
  "FROM drafts d CROSS JOIN records r ON r.number = d.record "

constexpr const char* select_in_slot =
    LODGE_SELECT_DRAFT "WHERE d.record = ?1 AND d.identity = ?2 AND d.lane = ?3";
constexpr const char* select_by_id = LODGE_SELECT_DRAFT "WHERE d.id = ?1";
constexpr const char* select_of_record = LODGE_SELECT_DRAFT "WHERE d.record = ?1";
// Newest ids last, as the ids carry the time they were made.
constexpr const char* select_all =
    LODGE_SELECT_DRAFT "WHERE ?1 IS NULL OR d.identity = ?1 ORDER BY d.id";
#undef LODGE_SELECT_DRAFT

constexpr const char* insert_row =
    "INSERT INTO drafts (id, revision, session, bytes, digest, base, base_version, base_content, "
    "after, amends, stale, saved_at, logged, logged_at, record, identity, lane) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
constexpr const char* update_row =
    "UPDATE drafts SET revision = ?2, session = ?3, bytes = ?4, digest = ?5, base = ?6, "
    "base_version = ?7, base_content = ?8, after = ?9, amends = ?10, stale = ?11, saved_at = ?12, "
    "logged = ?13, logged_at = ?14 WHERE id = ?1";
constexpr const char* update_stale = "UPDATE drafts SET stale = 1 WHERE id = ?1 AND stale = 0";
constexpr const char* delete_row = "DELETE FROM drafts WHERE id = ?1";

DraftRow row_of(const Statement& row) {
  DraftRow found;
  Draft& draft = found.draft;
  draft.id = id_column<SubmissionTag>(row, 0);
  found.record = row.integer(1);
  draft.record = {string_column(row, 2), string_column(row, 3)};
  draft.identity = string_column(row, 4);
  draft.lane = string_column(row, 5);
  draft.revision = static_cast<std::uint64_t>(row.integer(6));
  draft.session = row.integer(7);
  found.bytes = std::string(row.blob(8));
  found.digest = digest_column(row, 9);
  draft.base = known(parse_base(row.text(10)), row.text(10));
  draft.base_version = version_column(row, 11);
  draft.base_content = row.integer(12);
  draft.after = optional_id_column<SubmissionTag>(row, 13);
  check_base(draft.base, draft.base_version.has_value(), draft.after.has_value());
  draft.amends = optional_id_column<SubmissionTag>(row, 14);
  draft.stale = row.integer(15) != 0;
  draft.saved_at = time_column(row, 16);
  found.logged = row.integer(17);
  found.logged_at = time_column(row, 18);
  return found;
}

std::optional<DraftRow> first_of(Statement& rows) {
  if (!rows.step()) return std::nullopt;
  return row_of(rows);
}

std::vector<DraftRow> all_of(Statement& rows) {
  std::vector<DraftRow> drafts;
  while (rows.step()) drafts.push_back(row_of(rows));
  return drafts;
}

void bind_values(Statement& statement, const DraftRow& row) {
  const Draft& draft = row.draft;
  bind_id(statement, 1, draft.id);
  statement.bind(2, static_cast<std::int64_t>(draft.revision))
      .bind(3, draft.session)
      .bind_blob(4, row.bytes);
  bind_digest(statement, 5, row.digest);
  statement.bind(6, name(draft.base));
  bind_version(statement, 7, draft.base_version);
  bind_content(statement, 8, draft.base_content);
  bind_id(statement, 9, draft.after);
  bind_id(statement, 10, draft.amends);
  statement.bind(11, draft.stale ? 1 : 0);
  bind_time(statement, 12, draft.saved_at);
  bind_content(statement, 13, row.logged);
  bind_time(statement, 14, row.logged_at);
}

void count(Database& database, const Draft& draft, std::int64_t more) {
  const auto stream = stream_of(database, draft.record.collection, draft.identity, draft.lane);
  count_drafts(database, stream, more);
}

}  // namespace

std::optional<DraftRow> draft_in_slot(Database& database, std::int64_t record,
                                      std::string_view identity, std::string_view lane) {
  auto rows = database.use(select_in_slot);
  rows->bind(1, record).bind(2, identity).bind(3, lane);
  return first_of(*rows);
}

std::optional<DraftRow> draft_by_id(Database& database, const SubmissionId& id) {
  auto rows = database.use(select_by_id);
  bind_id(*rows, 1, id);
  return first_of(*rows);
}

std::vector<DraftRow> drafts_of_record(Database& database, std::int64_t record) {
  auto rows = database.use(select_of_record);
  rows->bind(1, record);
  return all_of(*rows);
}

std::vector<DraftRow> all_drafts(Database& database, const std::optional<std::string>& identity) {
  auto rows = database.use(select_all);
  if (identity) {
    rows->bind(1, *identity);
  } else {
    rows->bind_null(1);
  }
  return all_of(*rows);
}

void insert_draft(Database& database, const DraftRow& row) {
  auto insert = database.use(insert_row);
  bind_values(*insert, row);
  insert->bind(15, row.record).bind(16, row.draft.identity).bind(17, row.draft.lane).run();
  count(database, row.draft, 1);
}

void update_draft(Database& database, const DraftRow& row) {
  auto update = database.use(update_row);
  bind_values(*update, row);
  update->run();
}

void mark_stale(Database& database, const SubmissionId& id) {
  auto update = database.use(update_stale);
  bind_id(*update, 1, id).run();
}

void delete_draft(Database& database, const DraftRow& row) {
  auto remove = database.use(delete_row);
  bind_id(*remove, 1, row.draft.id).run();
  count(database, row.draft, -1);
}

Draft parse_draft(const DraftRow& row) {
  Draft draft = row.draft;
  if (digest_of(row.bytes) == row.digest) {
    draft.content = nlohmann::json::parse(row.bytes, nullptr, false);
    if (!draft.content.is_discarded()) return draft;
  }
  throw Error(Errc::store_damaged, "The draft " + draft.id.text() +
                                       " was damaged on disk. Discard it, or restore the store "
                                       "from a backup.");
}

bool has_moved_on(Database& database, const Draft& draft, const Record& now) {
  switch (draft.base) {
    case BaseKind::version:
      return now.presence == Presence::absent || (now.version && now.version != draft.base_version);
    case BaseKind::absent:
    case BaseKind::unknown:
      return now.presence == Presence::present;
    case BaseKind::after: {
      if (!draft.after) return false;
      const auto receipt = receipt_of(database, *draft.after);
      if (!receipt) return false;
      return now.presence == Presence::absent ||
             (now.version && receipt->version && now.version != receipt->version);
    }
  }
  return false;
}

}  // namespace lodge::storage
