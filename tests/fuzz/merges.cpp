#include <optional>
#include <variant>

#include "fuzz/fuzz.hpp"
#include "queue/json/document.hpp"
#include "queue/json/json_value.hpp"
#include "queue/json/merge.hpp"

// Input: base, ours and theirs, with lines of "---" between; an empty base: there was none.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using nlohmann::json;

std::optional<json> read(std::string_view text) {
  auto parsed = queue::parse_document(text);
  auto* document = std::get_if<queue::Document>(&parsed);
  if (document == nullptr || !document->value.is_object()) return std::nullopt;
  return std::move(document->value);
}

bool same(const json* left, const json* right) {
  if (left == nullptr || right == nullptr) return left == right;
  return queue::json_equal(*left, *right);
}

const json* member(const json* object, const std::string& name) {
  if (object == nullptr || !object->contains(name)) return nullptr;
  return &object->at(name);
}

// Nothing that nobody asked about changes: where one side left a member, the other's is taken.
void judge_members(const json* base, const json& ours, const json& theirs,
                   const queue::MergeResult& result) {
  json names = ours;
  names.update(theirs);
  names.update(result.merged);
  for (const auto& [name, unused] : names.items()) {
    const json* was = member(base, name);
    const json* mine = member(&ours, name);
    const json* other = member(&theirs, name);
    const json* is = member(&result.merged, name);
    if (same(mine, was)) require(same(is, other), "theirs where we changed nothing");
    if (same(other, was)) require(same(is, mine), "ours where they changed nothing");
    if (same(mine, other)) require(same(is, mine), "agreement stays");
    require(is == nullptr || mine != nullptr || other != nullptr, "nothing is made up");
  }
}

void judge(const json* base, const json& ours, const json& theirs, ConflictPolicy policy) {
  const auto result = queue::merge(base, ours, theirs, policy);
  const bool manual = policy == ConflictPolicy::manual;
  require(manual || policy != ConflictPolicy::ask || result.settled == result.overlaps.empty(),
          "settled without overlaps");
  if (!manual) judge_members(base, ours, theirs, result);
  const auto swapped = queue::merge(base, theirs, ours, policy);
  require(result.overlaps == swapped.overlaps, "the overlaps do not depend on the side");
  if (result.overlaps.empty())
    require(queue::json_equal(result.merged, swapped.merged), "nor does the merge");
  if (base == nullptr) return;
  const auto mine = queue::merge(base, ours, *base, policy);
  require(mine.settled && mine.equals_ours, "merge(base, ours, base) is ours");
  const auto other = queue::merge(base, *base, theirs, policy);
  require(other.settled && other.equals_theirs, "merge(base, base, theirs) is theirs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const auto base = read(cut(input, "\n---\n"));
  const auto ours = read(cut(input, "\n---\n"));
  const auto theirs = read(input);
  if (!ours || !theirs) return 0;
  for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::ours, ConflictPolicy::theirs,
                            ConflictPolicy::manual}) {
    judge(base ? &*base : nullptr, *ours, *theirs, policy);
  }
  return 0;
}
