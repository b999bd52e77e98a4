#pragma once

#include <string_view>

namespace lodge::client {

/// What EventKind::draft_stale says.
inline constexpr std::string_view words_of_stale_draft =
    "The record changed at the server since this draft was begun. Submit it all the same, and both "
    "are merged, or edit it again on what is there now.";

}  // namespace lodge::client
