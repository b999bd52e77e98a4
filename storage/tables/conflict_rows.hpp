#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lodge/conflict.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/tables/records.hpp"

namespace lodge::storage {

/// What was kept when a submission became conflicted; its own text stands with the submission.
struct ConflictRow {
  std::int64_t submission = 0;
  ContentNumber base = 0;
  ContentNumber theirs = 0;
  std::optional<Version> version{};
  std::string overlaps_json = "[]";
  std::string note{};
  Time since{};
};

/// The conflict with what is known of the record by now, where that is newer.
ConflictRow as_of_now(ConflictRow conflict, const RecordRow& record);

/// Writes the conflict, over an earlier one of the same submission.
void write_conflict(Database&, const ConflictRow&);
std::optional<ConflictRow> find_conflict(Database&, std::int64_t submission);

/// The open conflicts with their texts, oldest first; of one record or of all.
std::vector<Conflict> open_conflicts(Database&, const std::optional<RecordId>& record);

}  // namespace lodge::storage
