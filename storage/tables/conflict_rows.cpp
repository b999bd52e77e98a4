#include "storage/tables/conflict_rows.hpp"

#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/records.hpp"
#include "storage/tables/submissions.hpp"

namespace lodge::storage {
namespace {

constexpr const char* upsert =
    "INSERT INTO conflicts (submission, base, theirs, version, overlaps, note, since) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (submission) DO UPDATE SET "
    "base = excluded.base, theirs = excluded.theirs, version = excluded.version, "
    "overlaps = excluded.overlaps, note = excluded.note, since = excluded.since";
constexpr const char* select_one =
    "SELECT submission, base, theirs, version, overlaps, note, since FROM conflicts "
    "WHERE submission = ?1";

ConflictRow row_of(const Statement& row) {
  return {.submission = row.integer(0),
          .base = row.integer(1),
          .theirs = row.integer(2),
          .version = version_column(row, 3),
          .overlaps_json = string_column(row, 4),
          .note = string_column(row, 5),
          .since = time_of(row.integer(6))};
}

// A text that is no JSON, or was erased, is shown as none; the note says why.
std::optional<nlohmann::json> document(Database& database, ContentNumber number) {
  if (number == 0) return std::nullopt;
  try {
    auto parsed = nlohmann::json::parse(read_content(database, number), nullptr, false);
    if (!parsed.is_discarded()) return parsed;
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
  }
  return std::nullopt;
}

Conflict conflict_of(Database& database, const SubmissionRow& row, const ConflictRow& kept) {
  Conflict conflict;
  conflict.submission = row.submission.id;
  conflict.record = row.submission.record;
  conflict.base = document(database, kept.base);
  conflict.ours = document(database, row.content);
  conflict.theirs = document(database, kept.theirs);
  conflict.version = kept.version;
  const auto overlaps = nlohmann::json::parse(kept.overlaps_json, nullptr, false);
  if (overlaps.is_array()) {
    for (const auto& pointer : overlaps) {
      if (pointer.is_string()) conflict.overlaps.push_back(pointer.get<std::string>());
    }
  }
  conflict.note = kept.note;
  conflict.since = kept.since;
  return conflict;
}

std::vector<SubmissionRow> conflicted_rows(Database& database,
                                           const std::optional<RecordId>& record) {
  if (!record) return stopped_rows(database, State::conflicted);
  const auto found = find_record(database, *record);
  if (!found) return {};
  auto rows = unsettled_from(database, found->number, 0);
  std::erase_if(rows, [](const auto& row) { return row.submission.state != State::conflicted; });
  return rows;
}

}  // namespace

ConflictRow as_of_now(ConflictRow conflict, const RecordRow& record) {
  const Record& known = record.record;
  const bool newer =
      known.presence != Presence::unknown && known.updated_at && *known.updated_at > conflict.since;
  if (newer) {
    conflict.version = known.version;
    conflict.theirs = record.content;
  }
  return conflict;
}

void write_conflict(Database& database, const ConflictRow& row) {
  auto write = database.use(upsert);
  write->bind(1, row.submission);
  bind_content(*write, 2, row.base);
  bind_content(*write, 3, row.theirs);
  bind_version(*write, 4, row.version);
  write->bind(5, row.overlaps_json).bind(6, row.note).bind(7, millis(row.since)).run();
}

std::optional<ConflictRow> find_conflict(Database& database, std::int64_t submission) {
  auto found = database.use(select_one);
  found->bind(1, submission);
  if (!found->step()) return std::nullopt;
  return row_of(*found);
}

std::vector<Conflict> open_conflicts(Database& database, const std::optional<RecordId>& record) {
  std::vector<Conflict> conflicts;
  for (const SubmissionRow& row : conflicted_rows(database, record)) {
    const auto kept = find_conflict(database, row.submission.number);
    if (!kept) continue;
    const auto now = as_of_now(*kept, record_row(database, row.record));
    conflicts.push_back(conflict_of(database, row, now));
  }
  return conflicts;
}

}  // namespace lodge::storage
