#include "storage/tables/records.hpp"

#include <utility>

#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_by_id =
    "SELECT number, collection, key, presence, version, content, updated_at, deleted_at, "
    "next_place "
    "FROM records WHERE collection = ?1 AND key = ?2";
constexpr const char* select_by_number =
    "SELECT number, collection, key, presence, version, content, updated_at, deleted_at, "
    "next_place "
    "FROM records WHERE number = ?1";
constexpr const char* insert_record =
    "INSERT INTO records (collection, key, next_place) VALUES (?1, ?2, ?3)";
constexpr const char* advance_place =
    "UPDATE records SET next_place = next_place + 1 WHERE number = ?1";
constexpr const char* update_state =
    "UPDATE records SET presence = ?2, version = ?3, content = ?4, updated_at = ?5, deleted_at = "
    "?6 "
    "WHERE number = ?1";
constexpr const char* clear_versions =
    "UPDATE records SET version = NULL WHERE version IS NOT NULL";

RecordRow row_of(const Statement& row) {
  RecordRow found;
  found.number = row.integer(0);
  found.record.id = {string_column(row, 1), string_column(row, 2)};
  found.record.presence = known(parse_presence(row.text(3)), row.text(3));
  found.record.version = version_column(row, 4);
  found.content = row.integer(5);
  found.record.updated_at = time_column(row, 6);
  found.record.deleted_at = time_column(row, 7);
  found.next_place = count_column(row, 8);
  return found;
}

/// A history entry about it follows as a rule, and names it in words.
void remember(Database& database, const RecordRow& row) {
  Recall& recall = database.recall();
  recall.record = row.number;
  recall.collection = row.record.id.collection;
  recall.key = row.record.id.key;
}

RecordRow add_record(Database& database, const RecordId& id, std::int64_t next_place) {
  if (id.collection.empty() || id.key.empty()) {
    throw Error(Errc::invalid_key, "A record needs a collection and a key; one of them is empty.");
  }
  database.use(insert_record)->bind(1, id.collection).bind(2, id.key).bind(3, next_place).run();
  RecordRow added;
  added.number = database.last_rowid();
  added.record.id = id;
  added.next_place = next_place;
  remember(database, added);
  added.fresh = true;
  return added;
}

}  // namespace

std::optional<RecordRow> find_record(Database& database, const RecordId& id) {
  auto found = database.use(select_by_id);
  found->bind(1, id.collection).bind(2, id.key);
  if (!found->step()) return std::nullopt;
  RecordRow row = row_of(*found);
  remember(database, row);
  return row;
}

RecordRow record_row(Database& database, std::int64_t number) {
  auto found = database.use(select_by_number);
  found->bind(1, number);
  if (!found->step()) {
    throw Error(Errc::store_damaged,
                "A record is missing from the store. Restore the store from a backup.");
  }
  RecordRow row = row_of(*found);
  remember(database, row);
  return row;
}

RecordRow find_or_add_record(Database& database, const RecordId& id) {
  if (auto found = find_record(database, id)) return *std::move(found);
  return add_record(database, id, 1);
}

RecordRow find_or_add_record_for_place(Database& database, const RecordId& id) {
  if (auto found = find_record(database, id)) return *std::move(found);
  RecordRow added = add_record(database, id, 2);
  added.place_taken = true;
  return added;
}

std::int64_t take_place(Database& database, RecordRow& row) {
  if (std::exchange(row.place_taken, false)) return row.next_place - 1;
  database.use(advance_place)->bind(1, row.number).run();
  return row.next_place++;
}

void write_record_state(Database& database, const RecordRow& row) {
  auto update = database.use(update_state);
  update->bind(1, row.number).bind(2, name(row.record.presence));
  bind_version(*update, 3, row.record.version);
  bind_content(*update, 4, row.content);
  bind_time(*update, 5, row.record.updated_at);
  bind_time(*update, 6, row.record.deleted_at).run();
}

void forget_versions(Database& database) { database.use(clear_versions)->run(); }

}  // namespace lodge::storage
