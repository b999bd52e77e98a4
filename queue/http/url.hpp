#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/record.hpp"

namespace lodge::queue {

inline constexpr std::string_view default_url_template = "{base}/{collection}/{id}";

/// Where submissions go: scheme, host and path in front of every record.
struct Endpoint {
  std::string scheme{};    ///< "https" or "http"
  std::string host{};      ///< lower case; IPv6 in brackets
  std::uint16_t port = 0;  ///< the scheme's own where the text named none
  std::string base{};      ///< the whole URL in normal form, without a slash at its end

  /// "https://forms.example.org", with the port where it is not the scheme's own.
  [[nodiscard]] std::string origin() const;
  /// The host is 127.0.0.0/8, [::1] or localhost.
  [[nodiscard]] bool is_loopback() const;
  bool operator==(const Endpoint&) const = default;
};

/// Reads an endpoint. Throws Error(invalid_endpoint), with what to do about it and never with
/// credentials in it, unless it is an https URL (http: for loopback, elsewhere only if allowed) of
/// host, port and path. `what` is the name that the sentence gives it.
Endpoint parse_endpoint(std::string_view text, bool allow_plain_http = false,
                        std::string_view what = "The endpoint");

/// Throws Error(invalid_endpoint) unless `url_template` begins with {base} and a slash or query,
/// contains {id}, has no other placeholders than {base}, {collection}, {id}, and is made of URL
/// characters.
void check_url_template(std::string_view url_template);

/// Throws Error(invalid_key) when either part is empty, ".", "..", holds control characters or
/// invalid UTF-8, or takes more than 200 bytes once encoded.
void check_record_id(const RecordId& id);

/// `text` with every byte outside RFC 3986 §2.3 "unreserved" percent-encoded.
std::string percent_encode(std::string_view text);

/// The record's URL. Checks the template and the id as the two functions above do.
std::string record_url(const Endpoint& endpoint, std::string_view url_template, const RecordId& id);

/// Whether both are http(s) URLs of one scheme, host and port. False for anything that is not.
bool same_origin(std::string_view left, std::string_view right);

/// The absolute URL that a Location names, seen from `base_url` (RFC 3986 §5.2), without its
/// fragment. Empty when it is not an http(s) URL reference of at most 8 KiB: control characters,
/// spaces, user information, other schemes. The origin may be another one; see same_origin.
std::optional<std::string> resolve_location(std::string_view base_url, std::string_view location);

}  // namespace lodge::queue
