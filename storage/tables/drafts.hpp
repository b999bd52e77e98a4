#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/digest.hpp"
#include "lodge/draft.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// A stored draft. `draft.content` stays empty until parse_draft: most callers never need it.
struct DraftRow {
  Draft draft{};
  std::int64_t record = 0;
  std::string bytes{};
  Digest digest{};
  ContentNumber logged = 0;  ///< the text of its last history entry
  std::optional<Time> logged_at{};
};

/// The draft of that record, identity and lane.
std::optional<DraftRow> draft_in_slot(Database&, std::int64_t record, std::string_view identity,
                                      std::string_view lane);
std::optional<DraftRow> draft_by_id(Database&, const SubmissionId&);
std::vector<DraftRow> drafts_of_record(Database&, std::int64_t record);
std::vector<DraftRow> all_drafts(Database&, const std::optional<std::string>& identity);

void insert_draft(Database&, const DraftRow&);
/// Writes everything but id, record, identity and lane.
void update_draft(Database&, const DraftRow&);
void mark_stale(Database&, const SubmissionId&);
void delete_draft(Database&, const DraftRow&);

/// The draft with its content. Errc::store_damaged when the digest does not match.
Draft parse_draft(const DraftRow&);

/// Whether the record has moved on, at the server, since this draft was begun.
bool has_moved_on(Database&, const Draft&, const Record& now);

}  // namespace lodge::storage
