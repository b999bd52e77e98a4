#pragma once

#include <optional>

#include "lodge/record.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// A record with the store's own numbers.
struct RecordRow {
  std::int64_t number = 0;
  Record record{};
  ContentNumber content = 0;
  std::int64_t next_place = 1;
  bool fresh = false;        ///< made by this call: nothing else names it yet
  bool place_taken = false;  ///< the place before next_place is the caller's already
};

std::optional<RecordRow> find_record(Database&, const RecordId&);
RecordRow record_row(Database&, std::int64_t number);
/// Makes the row when it is the first word about this record.
RecordRow find_or_add_record(Database&, const RecordId&);
/// The same, for who goes on to take_place: a new row has its first place taken with it.
RecordRow find_or_add_record_for_place(Database&, const RecordId&);
/// The next place at the end of the record's queue.
std::int64_t take_place(Database&, RecordRow&);
/// Writes presence, version, content and both times.
void write_record_state(Database&, const RecordRow&);
/// Every version of every record becomes unknown.
void forget_versions(Database&);

}  // namespace lodge::storage
