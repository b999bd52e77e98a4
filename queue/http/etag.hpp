#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::queue {

enum class ETagKind : std::uint8_t {
  missing,
  strong,   ///< "x"
  weak,     ///< W/"x": not for If-Match without a proof that the server takes it
  invalid,  ///< not an entity tag, longer than 1 KiB, or sent twice with different values
};

/// An entity tag (RFC 9110 §8.8.3). Its bytes are opaque: nothing is guessed, trimmed inside or
/// decoded.
struct ETag {
  ETagKind kind = ETagKind::missing;
  std::string text{};  ///< verbatim, quotes and W/ included; empty unless strong or weak
  bool operator==(const ETag&) const = default;
};

/// Reads the value of an ETag header. Spaces around it are left out.
ETag parse_etag(std::string_view value);

/// The tag of a reply.
ETag read_etag(const std::vector<Header>& headers);

/// `tag` without W/: the other form to try once where a server refuses its own weak tag.
std::string strong_form(const ETag& tag);

/// Whether the tag seems to name a content coding, as proxies do that compress ("x-gzip"). A report
/// only: the cure is to read again with Accept-Encoding: identity, never to cut the end off.
bool names_coding(const ETag& tag);

}  // namespace lodge::queue
