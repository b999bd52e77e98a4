#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/testing/server/fields.hpp"
#include "client/testing/server/ledger.hpp"

namespace lodge::reference {

/// A record as the server has it. A removed one stays as a tombstone: no tag, no content.
struct ServerRecord {
  std::optional<std::string> tag{};  ///< its strong ETag, quotes included; empty: removed
  SharedText content{};              ///< the document's bytes as they were sent; null: removed
  Time changed_at{};
};

/// The preconditions of a request (RFC 9110 §13.1.1, §13.1.2).
struct Conditions {
  std::optional<TagCondition> if_match{};
  std::optional<TagCondition> if_none_match{};
  std::string text{};  ///< both fields as sent, in ASCII, to compare requests by
};

/// Empty when a field is malformed.
std::optional<Conditions> read_conditions(const std::vector<Header>& headers);

/// The refusal that the record's state demands; empty: go on. `record` is null when it never
/// existed. The order is RFC 9110 §13.2.2. Stricter than the RFC on purpose: a change to an
/// existing record must name its version (428), for an unconditional write is how edits get lost.
std::optional<Reply> refuse_put(const Conditions& conditions, const ServerRecord* record);
std::optional<Reply> refuse_delete(const Conditions& conditions, const ServerRecord* record);

}  // namespace lodge::reference
