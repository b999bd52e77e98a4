#pragma once

#include "storage/store.hpp"
#include "storage/tables/submissions.hpp"

namespace lodge::storage {

// What people say about submissions, each inside the caller's transaction.

std::vector<Submission> withdraw(Database&, const SubmissionId&, bool with_followers,
                                 bool accept_maybe, const Act&);

std::int64_t retry(Database&, const SubmissionFilter&, const Act&);

/// How a person ends a conflict.
struct Decision {
  SubmissionId submission{};
  Resolution::Kind kind = Resolution::Kind::ours;
  std::string bytes{};                ///< for Kind::merged
  std::optional<Version> expected{};  ///< what the person was shown
  SubmissionId fresh_id{};            ///< of the replacement
};

std::optional<Submission> resolve(Database&, const StoreOptions& limits, const Decision&,
                                  const Act&);

/// The submission; Errc::not_found when there is none.
SubmissionRow required_submission(Database&, const SubmissionId&);

}  // namespace lodge::storage
