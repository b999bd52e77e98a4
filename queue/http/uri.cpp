#include "queue/http/uri.hpp"

#include <algorithm>

#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// Cuts `rest` before `mark` and returns what follows the mark, if it is there.
std::optional<std::string_view> cut_tail(std::string_view& rest, char mark) {
  const std::size_t at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view tail = rest.substr(at + 1);
  rest = rest.substr(0, at);
  return tail;
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && host.front() != '.' &&
         host.find("..") == std::string_view::npos && std::ranges::all_of(host, [](char c) {
           return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

// The shape only: the resolver is the judge of addresses.
bool is_bracketed_address(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  const std::string_view inside = host.substr(1, host.size() - 2);
  return inside.find(':') != std::string_view::npos && std::ranges::all_of(inside, [](char c) {
           return hex_value(c) >= 0 || c == ':' || c == '.';
         });
}

// An empty text after the colon means the default (RFC 3986 §3.2.3).
std::optional<std::uint16_t> parse_port(std::string_view text, std::uint16_t default_port) {
  if (text.empty()) return default_port;
  if (text.size() > 5 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
  if (value == 0 || value > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

bool is_dot_segment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    const bool encoded = same_letters(segment.substr(0, 3), "%2e");
    if (!encoded && segment.front() != '.') return false;
    segment.remove_prefix(encoded ? 3 : 1);
    ++dots;
  }
  return dots == 1 || dots == 2;
}

}  // namespace

UriParts split_uri(std::string_view text) {
  UriParts parts;
  parts.fragment = cut_tail(text, '#');
  parts.query = cut_tail(text, '?');
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = std::min(text.find('/'), text.size());
    parts.authority = text.substr(0, slash);
    text.remove_prefix(slash);
  }
  parts.path = text;
  return parts;
}

bool is_uri_text(std::string_view text) {
  constexpr std::string_view marks = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alpha(c) || is_digit(c) || marks.find(c) != std::string_view::npos) continue;
    const bool escape = c == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (!escape) return false;
  }
  return true;
}

bool has_dot_segment(std::string_view path) {
  while (true) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (is_dot_segment(path.substr(0, slash))) return true;
    if (slash == path.size()) return false;
    path.remove_prefix(slash + 1);
  }
}

std::optional<HostPort> parse_authority(std::string_view authority, std::uint16_t default_port) {
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const bool bracketed = authority.starts_with('[');
  std::size_t end = authority.find(bracketed ? ']' : ':');
  if (bracketed && end != std::string_view::npos) ++end;
  end = std::min(end, authority.size());
  const std::string_view host = authority.substr(0, end);
  std::string_view tail = authority.substr(end);
  if (!tail.empty() && tail.front() != ':') return std::nullopt;
  if (!tail.empty()) tail.remove_prefix(1);
  const auto port = parse_port(tail, default_port);
  if (!port || !(bracketed ? is_bracketed_address(host) : is_host_name(host))) return std::nullopt;
  return HostPort{lower(host), *port};
}

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme == "http" ? 80 : 0;
}

std::string origin_text(std::string_view scheme, const HostPort& where) {
  std::string text = std::string(scheme) + "://" + where.host;
  if (where.port != default_port(scheme)) text += ':' + std::to_string(where.port);
  return text;
}

}  // namespace lodge::queue
