#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "queue/answer/reconcile.hpp"

// Comparing and merging the texts of a put; bytes in, bytes out.
namespace lodge::queue {

enum class Strictness {
  values,    ///< JSON values agree
  faithful,  ///< and both texts say no more than their values: bytes may replace bytes
};

/// Equal bytes, or equal JSON values apart from the members that the server owns.
bool same_document(std::string_view left, std::string_view right,
                   const std::vector<std::string>& server_members, Strictness strictness);

/// Merges ours and theirs by the collection's rules: ours_is_there never, else nothing_to_send,
/// send_ours, send_merged, withdraw or conflict. `texts.ours` is set.
Reconciled merge_texts(const Texts& texts, std::string_view theirs, const CollectionRules& rules,
                       std::size_t body_limit);

}  // namespace lodge::queue
