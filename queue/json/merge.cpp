#include "queue/json/merge.hpp"

#include <optional>
#include <set>
#include <string_view>

namespace lodge::queue {
namespace {

using nlohmann::json;

// A member of an object, or the whole document; null where it is absent.
using Value = const json*;

bool same(Value left, Value right) {
  if (left == nullptr || right == nullptr) return left == right;
  return json_equal(*left, *right);
}

bool is_object(Value value) { return value != nullptr && value->is_object(); }

Value member(Value object, const std::string& name) {
  if (!is_object(object)) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

std::set<std::string_view> names_of(Value ours, Value theirs) {
  std::set<std::string_view> names;
  for (Value side : {ours, theirs}) {
    for (const auto& [name, value] : side->get_ref<const json::object_t&>()) names.insert(name);
  }
  return names;
}

class Merger {
 public:
  explicit Merger(ConflictPolicy policy) : policy_(policy) {}

  // Null when the value is gone.
  std::optional<json> value(Value base, Value ours, Value theirs, const std::string& path) {
    if (same(ours, theirs) || same(base, theirs)) return copy(ours);
    if (same(base, ours)) return copy(theirs);
    const bool base_allows = base == nullptr || base->is_object();
    if (base_allows && is_object(ours) && is_object(theirs)) {
      return members(base, ours, theirs, path);
    }
    overlaps.push_back(path);
    return copy(policy_ == ConflictPolicy::theirs ? theirs : ours);
  }

  std::vector<std::string> overlaps{};

 private:
  static std::optional<json> copy(Value value) {
    return value == nullptr ? std::nullopt : std::optional<json>(*value);
  }

  json members(Value base, Value ours, Value theirs, const std::string& path) {
    json result = json::object();
    for (const std::string_view view : names_of(ours, theirs)) {
      const std::string name(view);
      auto merged = value(member(base, name), member(ours, name), member(theirs, name),
                          path + '/' + escape_pointer_token(name));
      if (merged) result[name] = *std::move(merged);
    }
    return result;
  }

  ConflictPolicy policy_;
};

void list_differences(Value ours, Value theirs, const std::string& path,
                      std::vector<std::string>& out) {
  if (same(ours, theirs)) return;
  if (!is_object(ours) || !is_object(theirs)) {
    out.push_back(path);
    return;
  }
  for (const std::string_view view : names_of(ours, theirs)) {
    const std::string name(view);
    list_differences(member(ours, name), member(theirs, name),
                     path + '/' + escape_pointer_token(name), out);
  }
}

MergeResult merge_by_hand(Value base, const json& ours, const json& theirs) {
  MergeResult result;
  result.merged = same(base, &ours) ? theirs : ours;
  if (!same(base, &ours) && !same(base, &theirs)) {
    list_differences(&ours, &theirs, "", result.overlaps);
  }
  result.settled = result.overlaps.empty();
  return result;
}

MergeResult merge_members(Value base, const json& ours, const json& theirs, ConflictPolicy policy) {
  Merger merger(policy);
  MergeResult result;
  // Both documents are there, so the merged one is, too.
  result.merged = merger.value(base, &ours, &theirs, "").value_or(ours);
  result.overlaps = std::move(merger.overlaps);
  result.settled = result.overlaps.empty() || policy != ConflictPolicy::ask;
  return result;
}

}  // namespace

MergeResult merge(const json* base, const json& ours, const json& theirs, ConflictPolicy policy) {
  MergeResult result = policy == ConflictPolicy::manual ? merge_by_hand(base, ours, theirs)
                                                        : merge_members(base, ours, theirs, policy);
  result.equals_ours = json_equal(result.merged, ours);
  result.equals_theirs = json_equal(result.merged, theirs);
  return result;
}

}  // namespace lodge::queue
