#pragma once

#include <optional>
#include <vector>

#include "storage/store.hpp"
#include "storage/tables/submissions.hpp"

namespace lodge::storage {

/// One page, in order of acceptance.
std::vector<Submission> outbox_page(Database&, const OutboxPage&);
/// Every rejected submission that the filter fits.
std::vector<SubmissionRow> rejected_rows(Database&, const SubmissionFilter&);

/// First of all unsettled submissions in order of acceptance.
std::optional<SubmissionRow> oldest_unsettled(Database&);
std::int64_t newest_number(Database&);

/// What is due in one stream, oldest first; due times beyond `horizon_end` count as due.
std::vector<Due> due_in(Database&, std::int64_t stream, Time now, Time horizon_end, int limit);
std::optional<Time> first_due_in(Database&, std::int64_t stream);
std::optional<Due> due_facts(Database&, const SubmissionId&);

}  // namespace lodge::storage
