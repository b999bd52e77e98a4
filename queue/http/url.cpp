#include "queue/http/url.hpp"

#include <algorithm>

#include "lodge/error.hpp"
#include "queue/http/ascii.hpp"
#include "queue/http/uri.hpp"

namespace lodge::queue {
namespace {

constexpr std::size_t max_bytes = 2048;

// Begins each sentence with the name of what was read.
struct EndpointRefusal {
  std::string_view what;
  [[noreturn]] void operator()(const std::string& rest) const {
    throw Error(Errc::invalid_endpoint, std::string(what) + rest);
  }
};

// Four decimal numbers, the first 127. Shorter forms of old ("127.1") are left to plain-http's
// permission.
bool is_loopback_address(std::string_view host) {
  int fields = 0;
  while (true) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    const std::string_view field = host.substr(0, dot);
    if (field.empty() || field.size() > 3 || !std::ranges::all_of(field, is_digit)) return false;
    if (std::stoi(std::string(field)) > 255 || (fields == 0 && field != "127")) return false;
    ++fields;
    if (dot == host.size()) return fields == 4;
    host.remove_prefix(dot + 1);
  }
}

void check_text(std::string_view text, const EndpointRefusal& refuse) {
  if (text.empty()) refuse(" is empty; give the https URL of the server.");
  if (text.size() > max_bytes) refuse(" is longer than 2048 bytes; shorten it.");
  if (std::ranges::any_of(text, [](char c) { return c == ' ' || is_control(c); })) {
    refuse(" holds a space or a control character; remove it.");
  }
  if (!is_uri_text(text)) {
    refuse(" holds characters that a URL cannot; percent-encode them.");
  }
}

std::string read_scheme(const UriParts& parts, const EndpointRefusal& refuse) {
  const std::string scheme = lower(parts.scheme.value_or(""));
  if (scheme != "https" && scheme != "http") {
    refuse(" is not an https URL; begin it with https://.");
  }
  return scheme;
}

HostPort read_authority(const UriParts& parts, std::string_view scheme,
                        const EndpointRefusal& refuse) {
  const std::string_view authority = parts.authority.value_or("");
  if (authority.find('@') != std::string_view::npos) {
    refuse(" holds a user name or password; supply credentials through authorize.");
  }
  const auto where = parse_authority(authority, default_port(scheme));
  if (!where) {
    refuse(" names no valid host and port; write it like https://forms.example.org/v1.");
  }
  return *where;
}

void check_tail(const UriParts& parts, const EndpointRefusal& refuse) {
  if (parts.fragment) refuse(" holds a fragment (#); remove it.");
  if (parts.query) refuse(" holds a query (?); leave it out, the URL template may hold one.");
  if (has_dot_segment(parts.path)) {
    refuse("'s path holds \".\" or \"..\"; write the path that they lead to.");
  }
}

std::string_view without_end_slashes(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

std::string Endpoint::origin() const { return origin_text(scheme, {host, port}); }

bool Endpoint::is_loopback() const {
  return host == "localhost" || host == "[::1]" || is_loopback_address(host);
}

Endpoint parse_endpoint(std::string_view text, bool allow_plain_http, std::string_view what) {
  const EndpointRefusal refuse{what};
  check_text(text, refuse);
  const UriParts parts = split_uri(text);
  Endpoint endpoint;
  endpoint.scheme = read_scheme(parts, refuse);
  HostPort where = read_authority(parts, endpoint.scheme, refuse);
  check_tail(parts, refuse);
  endpoint.host = std::move(where.host);
  endpoint.port = where.port;
  endpoint.base = endpoint.origin().append(without_end_slashes(parts.path));
  if (endpoint.scheme == "http" && !allow_plain_http && !endpoint.is_loopback()) {
    refuse(" is plain http; use https, or allow plain http explicitly.");
  }
  return endpoint;
}

bool same_origin(std::string_view left, std::string_view right) {
  const auto origin = [](std::string_view url) -> std::optional<std::string> {
    const UriParts parts = split_uri(url);
    const std::string scheme = lower(parts.scheme.value_or(""));
    if (default_port(scheme) == 0 || !parts.authority || !is_uri_text(url)) return std::nullopt;
    const auto where = parse_authority(*parts.authority, default_port(scheme));
    if (!where) return std::nullopt;
    return origin_text(scheme, *where);
  };
  const auto ours = origin(left);
  return ours && ours == origin(right);
}

}  // namespace lodge::queue
