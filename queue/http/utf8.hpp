#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lodge::queue {

/// One step through a text.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< bytes; 1 for a byte that is not UTF-8
  bool valid = false;
};

/// The code point at the front of `text`, which is not empty. Overlong forms, surrogates and what
/// lies beyond U+10FFFF are invalid (RFC 3629 §3).
CodePoint first_code_point(std::string_view text);

bool valid_utf8(std::string_view text);

/// C0 and C1 controls and DEL, given as code point.
constexpr bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// `text` fit to be shown: valid UTF-8 of at most `max_bytes`, cut between code points. Runs of
/// controls, controls of layout and direction, and spaces become one space, none at either end; a
/// byte that is not UTF-8 becomes U+FFFD.
std::string clean_text(std::string_view text, std::size_t max_bytes);

}  // namespace lodge::queue
