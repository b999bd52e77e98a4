#include "client/testing/server/fields.hpp"

#include <algorithm>
#include <cstdio>

namespace lodge::reference {
namespace {

constexpr std::size_t longest_key = 200;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// etagc (RFC 9110 §8.8.3): everything visible but the quote, and the bytes above ASCII.
bool is_tag_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte <= 0x7e) || byte >= 0x80;
}

// The length of the entity tag that `text` begins with; 0 when there is none.
std::size_t tag_length(std::string_view text) {
  const std::size_t open = text.starts_with("W/") ? 2 : 0;
  if (text.size() <= open || text[open] != '"') return 0;
  std::size_t at = open + 1;
  while (at < text.size() && is_tag_char(text[at])) ++at;
  return at < text.size() && text[at] == '"' ? at + 1 : 0;
}

std::optional<std::string> parse_quoted(std::string_view field) {
  std::string key;
  for (std::size_t at = 1; at < field.size(); ++at) {
    char c = field[at];
    if (c == '"') return at + 1 == field.size() ? std::optional(key) : std::nullopt;
    if (c == '\\') {
      if (++at == field.size() || (field[at] != '"' && field[at] != '\\')) return std::nullopt;
      c = field[at];
    }
    if (c < 0x20 || c > 0x7e) return std::nullopt;
    key.push_back(c);
  }
  return std::nullopt;
}

bool is_bare_char(char c) {
  return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

}  // namespace

std::optional<std::string> joined_field(const std::vector<Header>& headers, std::string_view name) {
  std::optional<std::string> joined;
  for (const Header& field : headers) {
    if (!same_word(field.name, name)) continue;
    if (joined) {
      joined->append(", ").append(field.value);
    } else {
      joined = field.value;
    }
  }
  return joined;
}

std::optional<TagCondition> parse_tags(std::string_view field) {
  field = trim(field);
  if (field == "*") return TagCondition{.any = true};
  TagCondition condition;
  while (true) {
    const std::size_t length = tag_length(field);
    if (length == 0) return std::nullopt;
    condition.tags.emplace_back(field.substr(0, length));
    field = trim(field.substr(length));
    if (field.empty()) return condition;
    if (field.front() != ',') return std::nullopt;
    field = trim(field.substr(1));
  }
}

bool strongly_matches(const TagCondition& condition, std::string_view strong_tag) {
  return condition.any || std::ranges::find(condition.tags, strong_tag) != condition.tags.end();
}

bool weakly_matches(const TagCondition& condition, std::string_view strong_tag) {
  return condition.any || std::ranges::any_of(condition.tags, [&](std::string_view tag) {
           return tag == strong_tag || (tag.starts_with("W/") && tag.substr(2) == strong_tag);
         });
}

std::optional<std::string> parse_key(std::string_view field) {
  field = trim(field);
  std::optional<std::string> key;
  if (field.starts_with('"')) {
    key = parse_quoted(field);
  } else if (std::ranges::all_of(field, is_bare_char)) {
    key = std::string(field);
  }
  if (!key || key->empty() || key->size() > longest_key) return std::nullopt;
  return key;
}

bool is_json(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  constexpr std::string_view tree = "application/";
  if (type.size() <= tree.size() || !same_word(type.substr(0, tree.size()), tree)) return false;
  const std::string_view subtype = type.substr(tree.size());
  constexpr std::string_view suffix = "+json";
  return same_word(subtype, "json") ||
         (subtype.size() > suffix.size() &&
          same_word(subtype.substr(subtype.size() - suffix.size()), suffix));
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.size() <= scheme.size()) return std::nullopt;
  if (!same_word(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  return trim(authorization.substr(scheme.size()));
}

std::string rfc3339(Time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

}  // namespace lodge::reference
