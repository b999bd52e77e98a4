#include "queue/json/write_json.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "queue/http/utf8.hpp"

namespace lodge::queue {
namespace {

using nlohmann::json;

constexpr std::uint8_t needs_escape = 1;
constexpr std::uint8_t beyond_ascii = 2;

constexpr auto kind_of_byte = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    if (c < 0x20 || c == 0x7F || c == '"' || c == '\\') kinds[c] = needs_escape;
    if (c > 0x7F) kinds[c] = beyond_ascii;
  }
  return kinds;
}();

/// Whether a text stands in JSON as it is.
bool is_plain(std::string_view text) {
  std::uint8_t seen = 0;
  for (const char c : text) seen |= kind_of_byte[static_cast<unsigned char>(c)];
  return (seen & needs_escape) == 0 && ((seen & beyond_ascii) == 0 || valid_utf8(text));
}

class Writing {
 public:
  void write(const json& value) {
    switch (value.type()) {
      case json::value_t::object:
        return write_object(value.get_ref<const json::object_t&>());
      case json::value_t::array:
        return write_array(value.get_ref<const json::array_t&>());
      case json::value_t::string:
        return write_text(value.get_ref<const std::string&>());
      case json::value_t::number_integer:
        return write_integer(value.get<json::number_integer_t>());
      case json::value_t::number_unsigned:
        return write_integer(value.get<json::number_unsigned_t>());
      case json::value_t::boolean:
        out_ += value.get<bool>() ? "true" : "false";
        return;
      case json::value_t::null:
        out_ += "null";
        return;
      default:
        out_ += value.dump();
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void write_object(const json::object_t& members) {
    char before = '{';
    for (const auto& [name, value] : members) {
      out_ += before;
      before = ',';
      write_text(name);
      out_ += ':';
      write(value);
    }
    out_ += members.empty() ? "{}" : "}";
  }

  void write_array(const json::array_t& elements) {
    char before = '[';
    for (const json& element : elements) {
      out_ += before;
      before = ',';
      write(element);
    }
    out_ += elements.empty() ? "[]" : "]";
  }

  void write_text(const std::string& text) {
    if (!is_plain(text)) {
      out_ += json(text).dump();
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  template <class Integer>
  void write_integer(Integer number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out_.append(digits.begin(), end);
  }

  std::string out_{};
};

}  // namespace

std::string write_json(const json& value) {
  Writing writing;
  writing.write(value);
  return writing.take();
}

}  // namespace lodge::queue
