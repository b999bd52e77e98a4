#pragma once

#include <cstdint>
#include <string>

namespace lodge {

inline void append_hex(std::string& text, std::uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  text += digits[byte >> 4U];
  text += digits[byte & 0x0fU];
}

/// The value of a hexadecimal digit of either case; -1 for anything else.
constexpr int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace lodge
