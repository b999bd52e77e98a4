#include <variant>

#include "fuzz/fuzz.hpp"
#include "lodge/error.hpp"
#include "queue/json/document.hpp"
#include "queue/json/json_value.hpp"
#include "queue/json/texts_compare.hpp"

// Input: JSON, or anything else.
namespace {

using namespace lodge;
using namespace lodge::fuzz;

// What was read and is faithful can be sealed, and says the same when read again.
void judge(const queue::Document& document, std::string_view input) {
  if (!document.value.is_object()) return;
  const std::string sealed = queue::seal_content(document.value);
  const auto again = queue::parse_document(sealed);
  const auto* read = std::get_if<queue::Document>(&again);
  require(read != nullptr, "what was sealed can be read");
  require(queue::json_equal(read->value, document.value), "sealing loses nothing");
  require(read->faithful, "what was sealed is faithful");
  require(queue::seal_content(read->value) == sealed, "sealing twice gives the same bytes");
  require(sealed == document.value.dump(), "sealed as nlohmann writes it");
  if (!document.faithful) return;
  require(queue::same_document(input, sealed, {}, queue::Strictness::faithful),
          "the same document");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  const auto parsed = queue::parse_document(input);
  if (const auto* document = std::get_if<queue::Document>(&parsed)) {
    judge(*document, input);
  } else {
    const auto& refusal = std::get<queue::Refusal>(parsed);
    require(!refusal.sentence.empty() && is_one_line(refusal.sentence), "a sentence");
  }
  return 0;
}
