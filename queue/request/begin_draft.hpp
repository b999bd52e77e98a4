#pragma once

#include <optional>

#include "lodge/draft.hpp"
#include "lodge/submission.hpp"

namespace lodge::queue {

/// Where a new draft's content and base come from.
enum class Start {
  saved_draft,         ///< the draft as it was left
  amend_head,          ///< the rejected or conflicted head's content; the draft will replace it
  after_newest,        ///< the newest unsettled submission's content
  empty_after_remove,  ///< after a pending removal
  record,              ///< the record's content as last heard of
  empty,               ///< nothing is known
};

struct StartFacts {
  bool has_draft = false;
  std::optional<Submission> head{};    ///< first unsettled submission of the record
  std::optional<Submission> newest{};  ///< newest unsettled one of the same identity
  Record record{};
  bool record_has_content = false;
  std::string identity{};
};

/// The order of docs/states.md, "what edit starts from". A draft starts from server content and
/// from the same identity's submissions only.
Start start_of(const StartFacts& facts);

}  // namespace lodge::queue
