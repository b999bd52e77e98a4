#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/time.hpp"
#include "lodge/transport.hpp"

namespace lodge::reference {

/// All fields called `name` joined by ", " (RFC 9110 §5.3); empty when there is none.
std::optional<std::string> joined_field(const std::vector<Header>& headers, std::string_view name);

/// What If-Match or If-None-Match asks for: "*", or a list of entity tags kept verbatim.
struct TagCondition {
  bool any = false;
  std::vector<std::string> tags{};
};

/// Reads `"a", W/"b"` or `*` (RFC 9110 §8.8.3, §13.1). Empty when it is anything else.
std::optional<TagCondition> parse_tags(std::string_view field);

/// RFC 9110 §8.8.3.2 against a tag that is strong itself: a weak tag never matches strongly.
bool strongly_matches(const TagCondition& condition, std::string_view strong_tag);
bool weakly_matches(const TagCondition& condition, std::string_view strong_tag);

/// The key inside an Idempotency-Key field: a quoted string (RFC 9651 §3.3.3), or the same text
/// bare. Empty when malformed, empty or longer than 200 characters.
std::optional<std::string> parse_key(std::string_view field);

/// Whether a Content-Type names JSON: application/json or application/*+json, parameters ignored.
bool is_json(std::string_view content_type);

/// The token of "Authorization: Bearer x" (RFC 6750 §2.1); empty for every other scheme.
std::optional<std::string_view> bearer_token(std::string_view authorization);

/// "2026-01-31T08:15:00.250Z" (RFC 3339).
std::string rfc3339(Time at);

}  // namespace lodge::reference
