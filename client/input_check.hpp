#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "lodge/draft.hpp"
#include "lodge/options.hpp"
#include "queue/json/document.hpp"

// What callers hand in, looked at before anything is changed.
namespace lodge::client {

inline constexpr std::size_t longest_label = 200;     ///< of an identity or a lane, bytes
inline constexpr std::size_t longest_reason = 4'000;  ///< of a reason, bytes

/// UTF-8 without control characters (line breaks and tabs are fine), at most `longest` bytes; else
/// Errc::invalid_argument, with `what` in the sentence.
void check_text(std::string_view what, std::string_view text, std::size_t longest);

/// As above, and not empty.
void check_lane(std::string_view lane);

/// An entity tag (RFC 9110 §8.8.3) that may go into If-Match; else Errc::invalid_argument.
void check_version(const Version& version);

/// Within the years that RFC 3339 can say; else Errc::invalid_argument.
void check_effective_at(const std::optional<Time>& time);

/// Everything but the content.
void check_draft(const Draft& draft);

/// Returns `options` when they make sense; else an Error says which do not. Endpoint and template
/// are the profile's to read.
Options checked(Options options);

}  // namespace lodge::client
