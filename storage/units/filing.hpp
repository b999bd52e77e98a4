#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/store.hpp"
#include "storage/tables/records.hpp"
#include "storage/tables/submissions.hpp"

namespace lodge::storage {

/// A submission about to be sealed.
struct Filing {
  SubmissionId id{};
  std::string identity{};
  std::string lane{};
  Operation operation = Operation::put;
  ContentNumber content = 0;
  Digest digest{};
  std::int64_t size = 0;
  BaseKind base = BaseKind::unknown;
  std::optional<Version> base_version{};
  std::optional<SubmissionId> after{};
  ContentNumber base_content = 0;
  std::optional<SubmissionRow> replaces{};  ///< leaves the outbox as `replaced`, its place is taken
  std::optional<Time> effective_at{};
  std::string_view action = "submitted";
  ContentNumber before = 0;  ///< the text that the history entry starts from
};

/// Seals it: the row, its place, and the entries of history. Errc::outbox_full beyond the limits.
Submission file(Database&, const StoreOptions& limits, RecordRow& record, const Filing&,
                const Act&);

/// Moves a row into a final state and out of the outbox; the caller appends the entry.
void leave_outbox(Database&, SubmissionRow&, State final_state, Time at);

/// The entry that a submission's new state gets.
void log_state(Database&, const SubmissionRow&, std::string_view action, std::string_view why,
               const Act&);

}  // namespace lodge::storage
