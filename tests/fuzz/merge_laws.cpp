#include "fuzz/merge_laws.hpp"

#include <algorithm>
#include <string>

#include "fuzz/fuzz.hpp"
#include "queue/json/json_value.hpp"
#include "queue/json/merge.hpp"

namespace lodge::fuzz {
namespace {

using nlohmann::json;
using Value = const json*;

bool same(Value left, Value right) {
  if (left == nullptr || right == nullptr) return left == right;
  return queue::json_equal(*left, *right);
}

bool may_hold(Value value) { return value == nullptr || value->is_object(); }

Value member(Value object, const std::string& name) {
  if (object == nullptr || !object->contains(name)) return nullptr;
  return &object->at(name);
}

// One value of all three documents and of the merge.
struct Place {
  Value base;
  Value ours;
  Value theirs;
  Value merged;
};

void judge_place(const Place& at, ConflictPolicy policy) {
  if (same(at.ours, at.theirs)) return require(same(at.merged, at.ours), "agreement stays");
  if (same(at.base, at.theirs))
    return require(same(at.merged, at.ours), "ours where they changed nothing");
  if (same(at.base, at.ours))
    return require(same(at.merged, at.theirs), "theirs where we changed nothing");
  const bool both_hold =
      at.ours != nullptr && at.theirs != nullptr && at.ours->is_object() && at.theirs->is_object();
  if (!both_hold || !may_hold(at.base)) {
    const Value winner = policy == ConflictPolicy::theirs ? at.theirs : at.ours;
    return require(same(at.merged, winner), "an overlap is the policy's side");
  }
  require(at.merged != nullptr && at.merged->is_object(), "two objects make an object");
  json names = *at.ours;
  names.update(*at.theirs);
  for (const auto& [name, unused] : at.merged->items())
    require(names.contains(name), "nothing is made up");
  for (const auto& [name, unused] : names.items()) {
    judge_place({member(at.base, name), member(at.ours, name), member(at.theirs, name),
                 member(at.merged, name)},
                policy);
  }
}

Value at_pointer(const json& document, const std::string& pointer) {
  const json::json_pointer where(pointer);
  return document.contains(where) ? &document.at(where) : nullptr;
}

void judge_overlaps(const json& ours, const json& theirs, const queue::MergeResult& result) {
  const auto& pointers = result.overlaps;
  for (const std::string& pointer : pointers) {
    require(!same(at_pointer(ours, pointer), at_pointer(theirs, pointer)), "an overlap differs");
    const auto within = [&](const std::string& other) {
      return other.size() > pointer.size() && other.starts_with(pointer + '/');
    };
    require(std::ranges::count(pointers, pointer) == 1, "each overlap once");
    require(std::ranges::none_of(pointers, within), "no overlap within another");
  }
}

void judge_by_hand(Value base, const json& ours, const json& theirs,
                   const queue::MergeResult& result) {
  const bool both = !same(base, &ours) && !same(base, &theirs);
  require(result.settled == (!both || same(&ours, &theirs)), "by hand where both changed");
  require(same(&result.merged, same(base, &ours) ? &theirs : &ours), "one side, whole");
}

bool same_result(const queue::MergeResult& left, const queue::MergeResult& right) {
  return queue::json_equal(left.merged, right.merged) && left.overlaps == right.overlaps &&
         left.settled == right.settled && left.equals_ours == right.equals_theirs &&
         left.equals_theirs == right.equals_ours;
}

}  // namespace

void judge_merge(const json* base, const json& ours, const json& theirs, ConflictPolicy policy) {
  const auto result = queue::merge(base, ours, theirs, policy);
  require(result.equals_ours == same(&result.merged, &ours), "equals_ours says what is so");
  require(result.equals_theirs == same(&result.merged, &theirs), "equals_theirs says what is so");
  judge_overlaps(ours, theirs, result);
  if (policy == ConflictPolicy::manual) return judge_by_hand(base, ours, theirs, result);
  require(result.settled == (result.overlaps.empty() || policy != ConflictPolicy::ask),
          "settled by the policy, or without overlaps");
  judge_place({base, &ours, &theirs, &result.merged}, policy);
  const auto agreed = queue::merge(base, ours, ours, policy);
  require(agreed.settled && agreed.overlaps.empty() && agreed.equals_ours && agreed.equals_theirs,
          "merge(base, ours, ours) is ours");
}

void judge_symmetry(const json* base, const json& ours, const json& theirs) {
  const auto asked = queue::merge(base, ours, theirs, ConflictPolicy::ask);
  const auto swapped = queue::merge(base, theirs, ours, ConflictPolicy::ask);
  require(asked.overlaps == swapped.overlaps, "the overlaps do not depend on the side");
  require(same_result(queue::merge(base, ours, theirs, ConflictPolicy::ours),
                      queue::merge(base, theirs, ours, ConflictPolicy::theirs)),
          "ours here is theirs there");
  if (asked.overlaps.empty()) {
    require(same_result(asked, swapped), "nor does the merge");
    const auto again = queue::merge(base, asked.merged, theirs, ConflictPolicy::ask);
    require(again.settled && again.equals_ours, "merging again changes nothing");
  }
  if (base == nullptr) return;
  const auto mine = queue::merge(base, ours, *base, ConflictPolicy::ask);
  require(mine.settled && mine.equals_ours, "merge(base, ours, base) is ours");
  const auto other = queue::merge(base, *base, theirs, ConflictPolicy::ask);
  require(other.settled && other.equals_theirs, "merge(base, base, theirs) is theirs");
}

}  // namespace lodge::fuzz
