#pragma once

#include <optional>
#include <span>

#include "lodge/submission.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

void add_receipt(Database&, std::int64_t submission, const Receipt&);
std::optional<Receipt> receipt_of(Database&, const SubmissionId&);

std::span<const char* const> receipt_statements();

}  // namespace lodge::storage
