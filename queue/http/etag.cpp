#include "queue/http/etag.hpp"

#include <algorithm>
#include <array>

#include "queue/http/ascii.hpp"

namespace lodge::queue {
namespace {

constexpr std::size_t max_bytes = 1024;

// etagc: "!", what lies between "#" and "~", and obs-text.
bool is_tag_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte <= 0x7E) || byte >= 0x80;
}

bool is_opaque_tag(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         std::ranges::all_of(text.substr(1, text.size() - 2), is_tag_char);
}

}  // namespace

ETag parse_etag(std::string_view value) {
  const std::string_view text = trim(value);
  if (text.size() > max_bytes) return {ETagKind::invalid, {}};
  const bool weak = text.starts_with("W/");
  if (!is_opaque_tag(weak ? text.substr(2) : text)) return {ETagKind::invalid, {}};
  return {weak ? ETagKind::weak : ETagKind::strong, std::string(text)};
}

ETag read_etag(const std::vector<Header>& headers) {
  ETag result;
  for (const Header& field : headers) {
    if (!same_letters(field.name, "ETag")) continue;
    ETag tag = parse_etag(field.value);
    if (result.kind != ETagKind::missing && result != tag) return {ETagKind::invalid, {}};
    result = std::move(tag);
  }
  return result;
}

std::string strong_form(const ETag& tag) {
  return tag.kind == ETagKind::weak ? tag.text.substr(2) : tag.text;
}

bool names_coding(const ETag& tag) {
  constexpr auto ends = std::to_array<std::string_view>(
      {"-gzip\"", ";gzip\"", "-br\"", ";br\"", "-deflate\"", ";deflate\"", "-zstd\"", ";zstd\""});
  return std::ranges::any_of(ends, [&](auto end) { return tag.text.ends_with(end); });
}

}  // namespace lodge::queue
