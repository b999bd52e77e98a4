#pragma once

#include "storage/tables/submissions.hpp"

// The parts that the statements over submissions share. SQL is put together by the compiler, so
// that every statement stays a constant.

#define LODGE_SUBMISSION_COLUMNS                                                                  \
  "s.number, s.id, r.collection, r.key, s.place, s.operation, s.state, t.identity, t.lane, "      \
  "c.digest, s.size, s.base, s.base_version, s.after, s.replaces, s.replaced_by, "                \
  "s.submitted_at, s.effective_at, s.reason, s.tries, s.problem, s.problem_status, "              \
  "s.settled_at, s.record, s.stream, s.doubt, s.ready, s.accepted, s.step, s.request, s.rounds, " \
  "s.content, s.base_content, s.due_at"

#define LODGE_SUBMISSION_JOINS                   \
  " CROSS JOIN records r ON r.number = s.record" \
  " CROSS JOIN streams t ON t.number = s.stream" \
  " LEFT JOIN contents c ON c.number = s.content "

// Word for word the condition of the partial indexes.
#define LODGE_UNSETTLED "s.settled_at IS NULL "

namespace lodge::storage {

/// How many columns LODGE_SUBMISSION_COLUMNS has.
inline constexpr int submission_columns = 34;

/// The row under a statement that begins with LODGE_SUBMISSION_COLUMNS.
SubmissionRow submission_at(const Statement& row);

}  // namespace lodge::storage
