#pragma once

#include "storage/tables/records.hpp"
#include "storage/tables/submission_brief.hpp"

namespace lodge::storage {

/// What a record's state was and is.
struct LearnedState {
  RecordRow before{};
  RecordRow now{};
  std::vector<SubmissionId> stale_drafts{};  ///< begun on another state, and marked so now
  [[nodiscard]] bool changed() const;
};

/// Nobody has learned or forgotten anything of the record since this was known of it.
bool is_as_known(const RecordRow&, const Record& known, ContentNumber content);

/// Writes what the server has shown of a record, and marks its drafts stale that were begun on
/// something else. `by` is the submission that it came with, if any: its text may be the record's,
/// and drafts on top of it stay as they are.
LearnedState learn_state(Database&, std::int64_t record, const RecordLearned&,
                         const SubmissionBrief* by, Time at);

/// Nobody knows what the server has: after a form was taken back that it may have received.
void forget_state(Database&, std::int64_t record, Time at);

}  // namespace lodge::storage
