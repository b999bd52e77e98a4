#include "queue/json/texts_compare.hpp"

#include <optional>
#include <utility>
#include <variant>

#include "lodge/error.hpp"
#include "queue/json/document.hpp"
#include "queue/json/json_value.hpp"
#include "queue/json/merge.hpp"

namespace lodge::queue {
namespace {

using nlohmann::json;
using Kind = Reconciled::Kind;

std::optional<Document> read(std::string_view bytes) {
  ParsedDocument parsed = parse_document(bytes, {.max_bytes = bytes.size()});
  if (auto* document = std::get_if<Document>(&parsed)) return std::move(*document);
  return std::nullopt;
}

Reconciled conflict(std::string note) { return {.kind = Kind::conflict, .note = std::move(note)}; }

// What the server owns is as the server has it, on every side: it can neither differ nor overlap.
void take_server_members(json& side, const json& theirs, const std::vector<std::string>& members) {
  if (!side.is_object() || !theirs.is_object()) return;
  for (const std::string& member : members) {
    const auto found = theirs.find(member);
    if (found == theirs.end()) {
      side.erase(member);
    } else {
      side[member] = *found;
    }
  }
}

Reconciled send_merged(const json& merged, std::size_t body_limit) {
  try {
    return {.kind = Kind::send_merged, .merged = seal_content(merged, {.max_bytes = body_limit})};
  } catch (const Error& error) {
    return conflict(std::string("The two sides cannot be merged: ") + error.what());
  }
}

Reconciled merge_documents(std::optional<Document> base, const Document& ours,
                           const Document& theirs, const CollectionRules& rules,
                           std::size_t body_limit) {
  json mine = ours.value;
  take_server_members(mine, theirs.value, rules.server_members);
  if (base) take_server_members(base->value, theirs.value, rules.server_members);
  MergeResult result = merge(base ? &base->value : nullptr, mine, theirs.value, rules.policy);
  if (!result.settled) {
    return {.kind = Kind::conflict,
            .overlaps = std::move(result.overlaps),
            .note = "Both sides changed the same members."};
  }
  if (result.equals_theirs) {
    return {.kind = result.overlaps.empty() ? Kind::nothing_to_send : Kind::withdraw};
  }
  if (json_equal(result.merged, ours.value)) return {.kind = Kind::send_ours};
  return send_merged(result.merged, body_limit);
}

}  // namespace

bool same_document(std::string_view left, std::string_view right,
                   const std::vector<std::string>& server_members, Strictness strictness) {
  if (left == right) return true;
  const auto first = read(left);
  const auto second = read(right);
  if (!first || !second) return false;
  const bool plain = first->faithful && second->faithful;
  if (!plain && strictness == Strictness::faithful) return false;
  return json_equal_ignoring(first->value, second->value, server_members);
}

Reconciled merge_texts(const Texts& texts, std::string_view theirs, const CollectionRules& rules,
                       std::size_t body_limit) {
  const auto ours = read(*texts.ours);
  const auto server = read(theirs);
  std::optional<Document> base;
  if (texts.base) {
    base = read(*texts.base);
    if (!base) return conflict("The text that it was written on cannot be read.");
  }
  if (!ours || !server) return conflict("One of the two texts cannot be read as a document.");
  if (!ours->faithful || !server->faithful || (base && !base->faithful)) {
    return conflict("A text repeats a member or holds a number that would not survive a merge.");
  }
  return merge_documents(std::move(base), *ours, *server, rules, body_limit);
}

}  // namespace lodge::queue
