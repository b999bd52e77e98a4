#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/tables/submission_brief.hpp"

namespace lodge::storage {

/// A submission with everything its row holds.
struct SubmissionRow {
  Submission submission{};
  std::optional<State> stored{};  ///< the state that the row has on disk; empty: no row yet
  std::int64_t record = 0;
  std::int64_t stream = 0;
  bool in_doubt = false;
  bool ready = false;
  bool accepted = false;
  Step step = Step::send;
  int request = 0;
  int rounds = 0;
  ContentNumber content = 0;
  ContentNumber base_content = 0;
  Time due_at{};
};

std::optional<SubmissionRow> find_submission(Database&, const SubmissionId&);
std::optional<SubmissionRow> find_submission(Database&, std::int64_t number);
[[nodiscard]] bool has_submission(Database&, const SubmissionId&);

// Among the unsettled ones of a record:
std::optional<SubmissionRow> head_of(Database&, std::int64_t record);
std::optional<SubmissionRow> last_of(Database&, std::int64_t record);
std::optional<SubmissionRow> last_of(Database&, std::int64_t record, std::string_view identity);
std::optional<SubmissionRow> next_before(Database&, std::int64_t record, std::int64_t place);
/// In order, from that place on.
std::vector<SubmissionRow> unsettled_from(Database&, std::int64_t record, std::int64_t place);
/// Whether a submission at that place would be the first, with no attempt of the record under way.
bool would_be_ready(Database&, std::int64_t record, std::int64_t place);

/// All conflicted or all rejected ones, oldest first.
std::vector<SubmissionRow> stopped_rows(Database&, State state);

/// Returns its number.
std::int64_t insert_submission(Database&, SubmissionRow&);
/// Writes all that may change of a row. With its proof, and only with it, for a delivered one.
void update_submission(Database&, SubmissionRow&, const std::optional<Proof>& proof = {});
SubmissionBrief brief_of(const SubmissionRow&);
/// Makes the record's first unsettled submission ready when it may go and nothing is under way.
bool promote_head(Database&, std::int64_t record);

}  // namespace lodge::storage
