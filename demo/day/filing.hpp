#pragma once

#include <string>

#include "demo/day/settings.hpp"
#include "demo/forms.hpp"

namespace lodge::demo {

/// The member that carries a submission's number ("1990-01-08-001/2": the record's second filing),
/// so that the server's ledger can tell the submissions of one record apart.
inline constexpr const char* filing_member = "filing";

std::string filing_number(const RecordId& record, int number);

/// The form as it is filed for the first time.
nlohmann::json first_filing(const Form& form);

/// What the child process does: files the forms of the job that the store does not have yet, then
/// delivers until nothing waits. On standard output, each line only after what it says is durable:
/// "ready", "found ID KEY" (filed by an earlier run), "filed ID KEY", "flushing", "done". Returns
/// the exit status.
int file_forms(const FilingJob& job, bool fast);

}  // namespace lodge::demo
