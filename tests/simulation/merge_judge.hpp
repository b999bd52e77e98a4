#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lodge/conflict.hpp"

namespace lodge::test {

/// A second opinion on merges, written apart from the library's. Null stands for "not there".

/// Whether `there` has everything that was changed from `base` to `ours`. Where the server's side
/// wins overlaps, none of them need have arrived.
bool has_changes(const nlohmann::json& base, const nlohmann::json& ours,
                 const nlohmann::json& there, ConflictPolicy policy);

/// A sentence when `sent`, which took the place of `before`, loses a change that somebody made to
/// `base`: ours, or unseen by us another's. Empty: it is a fair merge.
std::optional<std::string> merge_breach(const nlohmann::json& base, const nlohmann::json& ours,
                                        const nlohmann::json& before, const nlohmann::json& sent,
                                        ConflictPolicy policy);

}  // namespace lodge::test
