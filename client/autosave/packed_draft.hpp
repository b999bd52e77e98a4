#pragma once

#include <cstddef>
#include <string>

#include "lodge/draft.hpp"

namespace lodge::client {

/// A draft as autosave keeps it: its content in one piece of memory, which takes who types a
/// quarter of the time that a tree of JSON takes to be copied and to be destroyed again.
struct PackedDraft {
  Draft head{};  ///< without content
  std::string content{};
};

/// The draft without its content. Copying hostile nesting would cost the stack.
Draft without_content(const Draft& draft);

/// `expected`: bytes of memory to begin with. Errc::invalid_content when the content is nested
/// deeper than `depth_limit`; everything else that JSON cannot hold is kept for the save to refuse.
PackedDraft pack(const Draft& draft, std::size_t depth_limit, std::size_t expected = 0);

/// What was packed, value for value.
Draft unpack(const PackedDraft& packed);

}  // namespace lodge::client
