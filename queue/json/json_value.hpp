#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lodge::queue {

/// Equality of JSON values: the order of members and the spelling of numbers do not count
/// (1 == 1.0 == 1e0), and integers beyond 2^53 are not rounded. Recurses once per level of nesting:
/// give it documents that passed Limits.
bool json_equal(const nlohmann::json& left, const nlohmann::json& right);

/// As json_equal, leaving out the top-level members that the server owns ("_rev", "updated_at").
bool json_equal_ignoring(const nlohmann::json& left, const nlohmann::json& right,
                         const std::vector<std::string>& server_members);

/// One reference token of a JSON Pointer: "~" becomes "~0", "/" becomes "~1" (RFC 6901 §3).
std::string escape_pointer_token(std::string_view member);

}  // namespace lodge::queue
