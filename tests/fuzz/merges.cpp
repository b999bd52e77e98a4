#include <optional>

#include "fuzz/fuzz.hpp"
#include "fuzz/merge_laws.hpp"
#include "fuzz/read_json.hpp"
#include "queue/json/texts_compare.hpp"

// Input: base, ours and theirs, with lines of "---" between; an empty base: there was none.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using nlohmann::json;

std::optional<json> read_object(std::string_view text) {
  auto document = read_json(text);
  return document && document->is_object() ? std::move(document) : std::nullopt;
}

// As a check does it, with a member that the server owns.
void judge_texts(const queue::Texts& texts, std::string_view theirs) {
  const queue::CollectionRules rules{.server_members = {"a"}};
  const auto result = queue::merge_texts(texts, theirs, rules, 10'000);
  using Kind = queue::Reconciled::Kind;
  require(result.kind != Kind::ours_is_there, "comparing is not its business");
  require(result.kind != Kind::withdraw, "nobody asked to give way");
  require(result.kind != Kind::conflict || !result.note.empty(), "a conflict says why");
  if (result.kind == Kind::nothing_to_send)
    require(queue::same_document(theirs, theirs, {}, queue::Strictness::faithful), "read as it is");
  if (result.kind != Kind::send_merged) return;
  const auto merged = queue::parse_document(result.merged);
  const auto* document = std::get_if<queue::Document>(&merged);
  require(document != nullptr && document->faithful, "what is sent can be read");
  require(!queue::same_document(result.merged, theirs, {}, queue::Strictness::values),
          "nothing is sent that is there already");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const std::string_view base_text = cut(input, "\n---\n");
  const std::string_view ours_text = cut(input, "\n---\n");
  queue::Texts texts{.ours = std::string(ours_text)};
  if (!base_text.empty()) texts.base = std::string(base_text);
  judge_texts(texts, input);
  const auto base_document = read_object(base_text);
  const auto ours = read_object(ours_text);
  const auto theirs = read_object(input);
  if (!ours || !theirs) return 0;
  const json* base = base_document ? &*base_document : nullptr;
  for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::ours, ConflictPolicy::theirs,
                            ConflictPolicy::manual}) {
    judge_merge(base, *ours, *theirs, policy);
  }
  judge_symmetry(base, *ours, *theirs);
  return 0;
}
