#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Small facts by name. These the store keeps for itself:
inline constexpr std::string_view epoch_fact = "flush_epoch";
inline constexpr std::string_view failed_commits_fact = "failed_commits";
inline constexpr std::string_view store_id_fact = "store_id";
inline constexpr std::string_view noted_mark_fact = "noted_mark";  ///< of the last loss
inline constexpr std::string_view lost_entries_fact = "lost_entries";

/// Whether the store keeps that one for itself.
bool is_own_fact(std::string_view name);

std::optional<std::string> read_fact(Database&, std::string_view name);
void write_fact(Database&, std::string_view name, std::string_view value);

/// A fact that counts, 0 where there is none; one more can be counted. Errc::store_damaged for
/// anything else.
std::int64_t read_count(Database&, std::string_view name);

}  // namespace lodge::storage
