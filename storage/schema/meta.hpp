#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Small facts by name. These the store keeps for itself:
inline constexpr std::string_view totals_fact = "totals";
inline constexpr std::string_view epoch_fact = "flush_epoch";
inline constexpr std::string_view failed_commits_fact = "failed_commits";

std::optional<std::string> read_fact(Database&, std::string_view name);
void write_fact(Database&, std::string_view name, std::string_view value);

std::span<const char* const> meta_statements();

}  // namespace lodge::storage
