#pragma once

#include <optional>

#include "lodge/submission.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Of a delivered submission; empty for another.
std::optional<Receipt> receipt_of(Database&, const SubmissionId&);

}  // namespace lodge::storage
