#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/time.hpp"

namespace lodge {

/// What happens when the server's copy moved on while a form was on its way. All but `manual` first
/// merge edits that do not touch the same members.
enum class ConflictPolicy {
  ask,     ///< an overlap becomes a Conflict, for a person or resolve()
  ours,    ///< an overlap takes our members
  theirs,  ///< an overlap takes the server's members; the rest of our form still goes
  manual,  ///< nothing is merged: every change on both sides becomes a Conflict
};

std::string_view name(ConflictPolicy policy);

/// A form whose edits overlap with the server's. All three texts are kept until it is settled.
struct Conflict {
  SubmissionId submission{};
  RecordId record{};
  std::optional<nlohmann::json> base{};  ///< what ours was written on; empty: a new record
  std::optional<nlohmann::json> ours{};  ///< empty: ours is a removal
  std::optional<nlohmann::json>
      theirs{};                      ///< empty: the server removed the record, or it is unreadable
  std::optional<Version> version{};  ///< of theirs; pass it to resolve()
  std::vector<std::string> overlaps{};  ///< RFC 6901 pointers of the members both sides changed
  std::string note{};                   ///< why it could not be merged, as a sentence
  Time since{};
};

/// How a Conflict ends. A new submission replaces the conflicted one; `theirs` withdraws it.
struct Resolution {
  enum class Kind { ours, theirs, merged };
  Kind kind = Kind::ours;
  nlohmann::json content{};  ///< the merged document; used by Kind::merged only

  static Resolution ours() { return {Kind::ours, {}}; }
  static Resolution theirs() { return {Kind::theirs, {}}; }
  static Resolution merged(nlohmann::json document) { return {Kind::merged, std::move(document)}; }
};

}  // namespace lodge
