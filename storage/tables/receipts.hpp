#pragma once

#include <optional>

#include "lodge/submission.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

void add_receipt(Database&, std::int64_t submission, const Receipt&);
std::optional<Receipt> receipt_of(Database&, const SubmissionId&);

}  // namespace lodge::storage
