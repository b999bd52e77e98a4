#include "queue/http/header_check.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "lodge/error.hpp"
#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

constexpr std::size_t max_bytes = 8192;

// The first group frames the message, the second decides whether it takes effect, the third says
// what its body is.
constexpr auto reserved = std::to_array<std::string_view>({"Host",
                                                           "Content-Length",
                                                           "Transfer-Encoding",
                                                           "Connection",
                                                           "Expect",
                                                           "TE",
                                                           "Trailer",
                                                           "Upgrade",
                                                           "Keep-Alive",
                                                           "Proxy-Connection",  //
                                                           "If-Match",
                                                           "If-None-Match",
                                                           "If-Modified-Since",
                                                           "If-Unmodified-Since",
                                                           "If-Range",         //
                                                           "Idempotency-Key",  //
                                                           "Content-Type",
                                                           "Content-Encoding",
                                                           "Content-Range",
                                                           "Accept-Encoding",
                                                           "Range"});

bool is_token_char(char c) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return is_alpha(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(Errc::invalid_header, sentence);
}

}  // namespace

void check_header(std::string_view name, std::string_view value) {
  if (name.size() + value.size() > max_bytes) {
    refuse("A header is longer than 8 KiB; shorten its value.");
  }
  if (name.empty() || !std::ranges::all_of(name, is_token_char)) {
    refuse("A header name may hold only letters, digits and !#$%&'*+-.^_`|~; correct the name.");
  }
  const auto forbidden = [](char c) { return is_control(c) && c != '\t'; };
  if (std::ranges::any_of(value, forbidden)) {
    refuse("The value of header " + std::string(name) +
           " holds a line break or another control character; remove it.");
  }
  if (std::ranges::any_of(reserved, [&](auto own) { return same_letters(own, name); })) {
    refuse("Header " + std::string(name) + " is set by lodge itself; remove it from yours.");
  }
}

}  // namespace lodge::queue
