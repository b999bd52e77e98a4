#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lodge/conflict.hpp"
#include "queue/json/json_value.hpp"

namespace lodge::queue {

/// What a three-way merge found.
struct MergeResult {
  /// The document that results. Where overlaps are not settled it holds our side there: something
  /// to show beside theirs, never something to send.
  nlohmann::json merged{};
  /// RFC 6901 pointers ("" is the whole document) where the two sides disagree, in order of names.
  /// They are listed under every policy, also where the policy decided them.
  std::vector<std::string> overlaps{};
  bool settled = true;         ///< merged may be sent: no overlap, or the policy decided them
  bool equals_theirs = false;  ///< merged is what the server has already; nothing need be sent
  bool equals_ours = false;    ///< merged is our document, unchanged
};

/// Merges what we (`ours`) and the server (`theirs`) made of `base`; null `base`: there was none.
/// Objects merge member by member, recursively; any other value, arrays included, is one value. A
/// change on one side is taken, equal changes agree, and a delete against an edit overlaps. Without
/// a base a member that only one side has is taken.
///
/// `ask` leaves overlaps open; `ours` and `theirs` take that side's members there and keep every
/// other change; `manual` merges nothing: once both sides changed, every pointer where they differ
/// is open.
MergeResult merge(const nlohmann::json* base, const nlohmann::json& ours,
                  const nlohmann::json& theirs, ConflictPolicy policy);

}  // namespace lodge::queue
