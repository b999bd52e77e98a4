#pragma once

#include <optional>
#include <string_view>

#include "lodge/transport.hpp"

namespace lodge::client {

/// Why `request` must not be put on the wire, in words that hold no content; nothing when it may.
/// The URL must be http or https with a host and without credentials; header names must be tokens
/// (RFC 9110 §5.6.2) and values free of control characters; the fields that frame the message
/// (Host, Content-Length, Transfer-Encoding, Connection, Expect) belong to the transport.
std::optional<std::string_view> refusal(const Request& request);

/// "https://host:8443" of a URL that refusal() let pass: what connections are kept by.
std::string_view origin(std::string_view url);

/// Whether the URL's scheme is https.
bool is_https(std::string_view url);

}  // namespace lodge::client
