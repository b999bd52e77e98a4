#include "queue/http/challenge.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

// Up to the next comma that is not within a quoted string; both are cut off `rest`.
std::string_view next_element(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ','); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  end = std::min(end, rest.size());
  const std::string_view element = trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return element;
}

// A token or a quoted string, as what it stands for (RFC 9110 §5.6.4).
std::string plain(std::string_view value) {
  if (!value.starts_with('"')) return std::string(value);
  std::string text;
  for (std::size_t i = 1; i < value.size() && value[i] != '"'; ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

// `name = value`, which a scheme is not, nor a token68 with its `=` at the end.
std::optional<Header> parameter_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view name = trim(text.substr(0, equals));
  const std::string_view value = trim(text.substr(equals + 1));
  const bool is_name = !name.empty() && name.find_first_of(" \t\"") == std::string_view::npos;
  const bool is_value = !value.empty() && !value.starts_with('=');
  if (!is_name || !is_value) return std::nullopt;
  return Header{std::string(name), plain(value)};
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view value) {
  std::vector<Challenge> found;
  while (!value.empty()) {
    std::string_view element = next_element(value);
    if (element.empty()) continue;
    auto parameter = parameter_of(element);
    if (!parameter) {
      const std::size_t end = std::min(element.find_first_of(" \t"), element.size());
      found.push_back({.scheme = std::string(element.substr(0, end))});
      parameter = parameter_of(trim(element.substr(end)));
    }
    if (parameter && !found.empty()) found.back().parameters.push_back(std::move(*parameter));
  }
  return found;
}

}  // namespace lodge::queue
