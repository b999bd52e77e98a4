#include "queue/http/utf8.hpp"

namespace lodge::queue {
namespace {

struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t smallest;  // below it the form is overlong
};

Lead read_lead(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC0 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

// Line and paragraph separators, and what turns the direction of writing: a server's words must not
// rearrange ours.
bool is_layout(char32_t c) {
  return (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

bool is_scalar(char32_t c) { return c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF); }

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const Lead lead = read_lead(static_cast<unsigned char>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) return {};
  char32_t value = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte & 0x3FU);
  }
  if (value < lead.smallest || !is_scalar(value)) return {};
  return {value, lead.length, true};
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    const CodePoint point = first_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

std::string clean_text(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string result;
  bool gap = false;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::string_view piece = point.valid ? text.substr(0, point.length) : replacement;
    text.remove_prefix(point.length);
    const bool blank = is_control(point.value) || is_layout(point.value) || point.value == U' ';
    if (point.valid && blank) {
      gap = !result.empty();
      continue;
    }
    if (result.size() + (gap ? 1 : 0) + piece.size() > max_bytes) break;
    if (gap) result += ' ';
    gap = false;
    result += piece;
  }
  return result;
}

}  // namespace lodge::queue
