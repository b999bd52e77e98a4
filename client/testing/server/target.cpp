#include "client/testing/server/target.hpp"

#include <optional>
#include <string>

namespace lodge::reference {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// pchar without the escapes (RFC 3986 §3.3).
bool is_path_char(char c) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         marks.find(c) != std::string_view::npos;
}

std::optional<std::string> percent_decode(std::string_view segment) {
  std::string decoded;
  decoded.reserve(segment.size());
  for (std::size_t at = 0; at < segment.size(); ++at) {
    if (segment[at] != '%') {
      if (!is_path_char(segment[at])) return std::nullopt;
      decoded.push_back(segment[at]);
      continue;
    }
    if (segment.size() - at < 3) return std::nullopt;
    const int high = hex_digit(segment[at + 1]);
    const int low = hex_digit(segment[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  return decoded;
}

// How many bytes the UTF-8 sequence at the front has (RFC 3629 §4); 0 when it is not one.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

bool is_name(std::string_view text) {
  if (text == "." || text == "..") return false;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x20 || first == 0x7f) return false;
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view path_of(std::string_view url) {
  if (url.starts_with('/')) return url;
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  const auto slash = url.find('/', scheme + 3);
  return slash == std::string_view::npos ? "/" : url.substr(slash);
}

}  // namespace

Target parse_target(std::string_view url, std::string_view base) {
  Target target{.path = path_of(url)};
  std::string_view rest = target.path;
  if (!rest.starts_with(base)) return target;
  rest.remove_prefix(base.size());
  if (rest.empty() || rest == "/") {
    target.kind = Target::Kind::root;
    return target;
  }
  const auto slash = rest.find('/', 1);
  const bool two_segments = rest.front() == '/' && slash != std::string_view::npos && slash > 1 &&
                            slash + 1 < rest.size() &&
                            rest.find('/', slash + 1) == std::string_view::npos;
  // A query or fragment makes it another resource (RFC 3986 §3.4), and this server has none of
  // those.
  if (!two_segments || rest.find_first_of("?#") != std::string_view::npos) return target;
  auto collection = percent_decode(rest.substr(1, slash - 1));
  auto key = percent_decode(rest.substr(slash + 1));
  target.kind = Target::Kind::malformed;
  if (!collection || !key || !is_name(*collection) || !is_name(*key)) return target;
  target.kind = Target::Kind::record;
  target.record = {std::move(*collection), std::move(*key)};
  return target;
}

}  // namespace lodge::reference
