#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/tables/submission_brief.hpp"

namespace lodge::storage {

/// Seals request n+1 of the submission, notes it in the history when it is not the first, and moves
/// its `request` on.
void open_request(Database&, SubmissionBrief&, const NewRequest& request, Time at);

/// The text that a stored request carries; 0 for a removal or where there is no such request.
ContentNumber request_body(Database&, std::int64_t submission, int request);

/// An attempt as stored, with the numbers it hangs on.
struct AttemptRow {
  Attempt attempt{};
  std::int64_t submission = 0;
  std::int64_t record = 0;
};

/// Its number; empty, and nothing done, while another of the record is open.
std::optional<std::int64_t> open_attempt(Database&, const SubmissionBrief&, Step step, int request,
                                         std::int64_t epoch, Time at);
std::optional<AttemptRow> find_attempt(Database&, std::int64_t number);
/// Those that nobody has closed yet.
std::vector<AttemptRow> open_attempts(Database&);
/// Those of one submission, oldest first.
std::vector<Attempt> attempts_of(Database&, const SubmissionId&);
/// How many of its last attempts in a row were lost with their process.
int lost_in_a_row(Database&, std::int64_t submission);

/// What is written when an attempt ends. An ended attempt keeps the time at which it first ended.
struct AttemptEnd {
  Time at{};
  std::string_view outcome{};
  int status = 0;
  bool arrived = false;
  std::string_view detail{};
};
void end_attempt(Database&, std::int64_t number, const AttemptEnd&);
/// Ends it if it is open and of the submission's newest request; false, and nothing done, if not.
bool end_open_attempt(Database&, std::int64_t number, const SubmissionBrief&, const AttemptEnd&);

}  // namespace lodge::storage
