#include "fuzz/fuzz.hpp"
#include "fuzz/read_json.hpp"
#include "queue/json/json_value.hpp"
#include "storage/history/history_patch.hpp"

// The patch that history shows. Input: the text before and the text after, a line of "---" between.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using nlohmann::json;

void judge(const json& before, const json& after, const json& patch) {
  if (patch.is_null()) return require(queue::json_equal(before, after), "no patch, no change");
  require(patch.is_array() && !patch.empty(), "operations");
  require(!patch.dump().empty(), "it can be shown");
  require(queue::json_equal(before.patch(patch), after), "the patch leads from before to after");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const std::string_view before_text = cut(input, "\n---\n");
  const json patch = storage::patch_of_texts(before_text, input);
  const auto before = read_json(before_text);
  const auto after = read_json(input);
  if (before && after) judge(*before, *after, patch);
  require(storage::patch_of_texts(input, input).is_null(), "a text is itself");
  return 0;
}
