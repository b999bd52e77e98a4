#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lodge::queue {

/// The five parts of a URI reference (RFC 3986 appendix B), as they are written. A part that is
/// missing is not the same as an empty one, except for the path.
struct UriParts {
  std::optional<std::string_view> scheme{};
  std::optional<std::string_view> authority{};
  std::string_view path{};
  std::optional<std::string_view> query{};
  std::optional<std::string_view> fragment{};
};

UriParts split_uri(std::string_view text);

/// Only characters that RFC 3986 §2 allows, with every "%" followed by two hexadecimal digits.
bool is_uri_text(std::string_view text);

/// Whether a path has a "." or ".." segment, also written %2e.
bool has_dot_segment(std::string_view path);

/// A host and a port, checked and in normal form.
struct HostPort {
  std::string host{};      ///< lower case; IPv6 in brackets
  std::uint16_t port = 0;  ///< `default_port` where none is written
  bool operator==(const HostPort&) const = default;
};

/// Empty for user information, an empty or illegal host, or a port outside 1 to 65535.
std::optional<HostPort> parse_authority(std::string_view authority, std::uint16_t default_port);

/// 443 for https, 80 for http, 0 for any other scheme (given in lower case).
std::uint16_t default_port(std::string_view scheme);

/// scheme://host, and :port where it is not the scheme's own.
std::string origin_text(std::string_view scheme, const HostPort& where);

}  // namespace lodge::queue
