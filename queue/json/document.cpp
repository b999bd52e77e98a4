#include "queue/json/document.hpp"

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "queue/http/ascii.hpp"
#include "queue/http/utf8.hpp"
#include "queue/json/decimal.hpp"

namespace lodge::queue {
namespace {

using nlohmann::json;

std::string depth_sentence(const Limits& limits) {
  return "The document is nested more than " + std::to_string(limits.max_depth) + " levels deep.";
}

std::string size_sentence(const Limits& limits) {
  return "The document is larger than " + std::to_string(limits.max_bytes) + " bytes.";
}

// The code unit of the escape \uXXXX at the front of `text`, or -1.
int escaped_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
  int unit = 0;
  for (const char c : text.substr(2, 4)) {
    if (hex_value(c) < 0) return -1;
    unit = unit * 16 + hex_value(c);
  }
  return unit;
}

bool has_lone_surrogate(std::string_view token) {
  while (!token.empty()) {
    if (token.front() != '\\') {
      token.remove_prefix(1);
      continue;
    }
    const int unit = escaped_unit(token);
    token.remove_prefix(std::min<std::size_t>(unit < 0 ? 2 : 6, token.size()));
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const int next = escaped_unit(token);
    if (unit > 0xDBFF || next < 0xDC00 || next > 0xDFFF) return true;
    token.remove_prefix(6);
  }
  return false;
}

// True when writing `value` gives the number that `token` says: with the fewest digits that tell it
// from its neighbours, as most programs write it, or as it is sealed here, which may take one more.
// A token without point and exponent comes here only when it does not fit into 64 bits.
bool survives(double value, std::string_view token) {
  if (token.find_first_not_of("-0123456789") == std::string_view::npos) return false;
  std::array<char, 32> text{};
  // Without a format to_chars prefers all digits of 2^64 to its shortest form, when they are fewer.
  constexpr auto format = std::chars_format::scientific;
  const auto end = std::to_chars(text.begin(), text.end(), value, format).ptr;
  return same_decimal(token, std::string_view(text.begin(), end)) ||
         same_decimal(token, json(value).dump());
}

// Builds the document as the lexer reports it; the open containers are a vector, not the stack.
class Builder final : public nlohmann::json_sax<json> {
 public:
  explicit Builder(const Limits& limits) : limits_(limits) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(json::number_integer_t value) override { return put(value); }
  bool number_unsigned(json::number_unsigned_t value) override { return put(value); }
  bool number_float(json::number_float_t value, const std::string& token) override {
    if (!survives(value, token)) document.faithful = false;
    return put(value);
  }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const auto [place, fresh] = open_.back()->emplace(std::move(name), nullptr);
    if (!fresh) document.faithful = false;
    member_ = &*place;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error) override {
    constexpr int number_overflow = 406;
    const std::string where = " (byte " + std::to_string(position) + ").";
    if (error.id == number_overflow) {
      refusal = {DocumentFault::number_range, "A number is larger than a double can hold" + where};
    } else if (has_lone_surrogate(token)) {
      refusal = {DocumentFault::lone_surrogate, "A \\u escape lacks its other half" + where};
    } else {
      refusal = {DocumentFault::not_json, "The text is not JSON" + where};
    }
    return false;
  }

  Document document{};
  Refusal refusal{};

 private:
  json* place(json&& value) {
    if (open_.empty()) return &(document.value = std::move(value));
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(*member_ = std::move(value));
  }

  bool put(json value) {
    place(std::move(value));
    return true;
  }

  bool open(json container) {
    if (open_.size() >= limits_.max_depth) {
      refusal = {DocumentFault::too_deep, depth_sentence(limits_)};
      return false;
    }
    open_.push_back(place(std::move(container)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const Limits& limits_;
  std::vector<json*> open_{};
  json* member_ = nullptr;
};

}  // namespace

bool may_be_document(DocumentFault fault) {
  return fault != DocumentFault::not_json && fault != DocumentFault::invalid_utf8;
}

ParsedDocument parse_document(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.max_bytes)
    return Refusal{DocumentFault::too_large, size_sentence(limits)};
  if (!valid_utf8(bytes)) return Refusal{DocumentFault::invalid_utf8, "The text is not UTF-8."};
  // The lexer would take a NUL for the end and not look at what follows.
  if (bytes.find('\0') != std::string_view::npos) {
    return Refusal{DocumentFault::not_json, "The text is not JSON: it holds a NUL byte."};
  }
  Builder builder(limits);
  if (!json::sax_parse(bytes.begin(), bytes.end(), &builder)) return std::move(builder.refusal);
  return std::move(builder.document);
}

}  // namespace lodge::queue
