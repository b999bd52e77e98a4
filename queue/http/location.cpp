#include <string>

#include "queue/http/ascii.hpp"
#include "queue/http/uri.hpp"
#include "queue/http/url.hpp"

namespace lodge::queue {
namespace {

constexpr std::size_t max_bytes = 8192;

// RFC 3986 §5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    const bool up = segment == "/..";
    if (!up && segment != "/.") {
      result += segment;
      continue;
    }
    if (up) result.erase(std::min(result.rfind('/'), result.size()));
    if (path.empty()) result += '/';
  }
  return result;
}

// RFC 3986 §5.2.3; the base has an authority.
std::string joined(std::string_view base_path, std::string_view path) {
  const std::size_t slash = base_path.rfind('/');
  std::string result(slash == std::string_view::npos ? "/" : base_path.substr(0, slash + 1));
  return result.append(path);
}

struct Target {
  std::string path{};
  std::optional<std::string_view> query{};
};

Target resolve_path(const UriParts& base, const UriParts& location) {
  if (location.authority || location.path.starts_with('/')) {
    return {without_dot_segments(location.path), location.query};
  }
  if (location.path.empty()) {
    return {std::string(base.path), location.query ? location.query : base.query};
  }
  return {without_dot_segments(joined(base.path, location.path)), location.query};
}

}  // namespace

std::optional<std::string> resolve_location(std::string_view base_url, std::string_view location) {
  const std::string_view text = trim(location);
  if (text.empty() || text.size() > max_bytes) return std::nullopt;
  if (!is_uri_text(text) || !is_uri_text(base_url)) return std::nullopt;
  const UriParts base = split_uri(base_url);
  const UriParts parts = split_uri(text);
  // "https:path" is an old form that clients read differently.
  if (parts.scheme && !parts.authority) return std::nullopt;
  const std::string scheme = lower((parts.scheme ? parts.scheme : base.scheme).value_or(""));
  if (default_port(scheme) == 0 || !base.authority) return std::nullopt;
  const auto where = parse_authority(
      (parts.authority ? parts.authority : base.authority).value_or(""), default_port(scheme));
  if (!where) return std::nullopt;
  const Target target = resolve_path(base, parts);
  std::string url = origin_text(scheme, *where) + (target.path.empty() ? "/" : target.path);
  if (target.query) url.append("?").append(*target.query);
  return url;
}

}  // namespace lodge::queue
