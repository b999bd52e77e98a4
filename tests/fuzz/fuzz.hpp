#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/transport.hpp"

/// Every fuzzer's one entry: any bytes at all. What must hold is required, not returned.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace lodge::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process: a finding. Also in builds without assertions.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

/// Cuts what stands before `mark` off `rest`; all of it where there is no mark.
inline std::string_view cut(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + mark.size());
  return part;
}

/// "Name: value" lines up to an empty one.
inline std::vector<Header> cut_headers(std::string_view& rest) {
  std::vector<Header> headers;
  while (!rest.empty()) {
    std::string_view line = cut(rest, "\n");
    if (line.empty()) break;
    const std::string name(cut(line, ": "));
    headers.push_back({name, std::string(line)});
  }
  return headers;
}

/// The number at the front of `rest`, whatever stands before it; 0 where there is none.
inline std::uint64_t cut_number(std::string_view& rest) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!rest.empty() && !digit(rest.front())) rest.remove_prefix(1);
  std::uint64_t number = 0;
  while (!rest.empty() && digit(rest.front())) {
    number = number * 10 + static_cast<std::uint64_t>(rest.front() - '0');
    rest.remove_prefix(1);
  }
  return number;
}

/// One line for people: no control characters, valid UTF-8 left to the caller.
inline bool is_one_line(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return true;
}

}  // namespace lodge::fuzz
