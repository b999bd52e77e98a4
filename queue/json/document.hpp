#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace lodge::queue {

/// How much document is accepted.
struct Limits {
  std::size_t max_bytes = std::size_t{10} << 20;
  std::size_t max_depth = 64;  ///< {} has depth 1
};

/// A document that was read.
struct Document {
  nlohmann::json value{};
  /// False when writing `value` again would not say the same: a member appears twice in one object
  /// (the last one is kept), or a number needs more range or digits than a double or 64 bits hold.
  /// Such a document may be shown, never merged.
  bool faithful = true;
};

/// Why bytes are not a document for us.
enum class DocumentFault {
  not_json,
  invalid_utf8,
  lone_surrogate,  ///< an escape like \ud800 without its other half
  number_range,    ///< a number beyond the largest double, like 1e999
  too_deep,
  too_large,
};

/// True when the bytes may well be the server's document, only not one that we can hold: a
/// conflict. False when they are noise, such as a garbled or cut reply.
bool may_be_document(DocumentFault fault);

struct Refusal {
  DocumentFault fault = DocumentFault::not_json;
  std::string sentence{};  ///< for a person; holds no content
};

using ParsedDocument = std::variant<Document, Refusal>;

/// Reads JSON (RFC 8259) from hostile bytes: time and memory are linear in `bytes`, the stack is
/// not used for nesting. Throws nothing but std::bad_alloc.
ParsedDocument parse_document(std::string_view bytes, const Limits& limits = {});

/// The bytes to keep and send for `content`. Throws Error(invalid_content), with what to do about
/// it, when it is no object, too deep, too large, has text that is not UTF-8, or NaN, an infinity
/// or binary data.
std::string seal_content(const nlohmann::json& content, const Limits& limits = {});

/// As seal_content, for those who do not need the bytes.
void check_content(const nlohmann::json& content, const Limits& limits = {});

}  // namespace lodge::queue
