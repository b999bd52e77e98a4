#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lodge/error.hpp"
#include "queue/http/ascii.hpp"
#include "queue/http/uri.hpp"
#include "queue/http/url.hpp"
#include "queue/http/utf8.hpp"

namespace lodge::queue {
namespace {

constexpr std::size_t max_encoded = 200;
constexpr std::string_view base_mark = "{base}";

[[noreturn]] void refuse_template(const std::string& sentence) {
  throw Error(Errc::invalid_endpoint, sentence);
}

[[noreturn]] void refuse_id(std::string_view part, const std::string& sentence) {
  throw Error(Errc::invalid_key, "The record's " + std::string(part) + sentence);
}

bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.valid && is_control(point.value)) return true;
    text.remove_prefix(point.length);
  }
  return false;
}

std::size_t encoded_size(std::string_view text) {
  const auto plain = std::ranges::count_if(text, is_unreserved);
  return 3 * text.size() - 2 * static_cast<std::size_t>(plain);
}

void check_part(std::string_view name, std::string_view text) {
  if (text.empty()) refuse_id(name, " is empty; give it a name.");
  if (text == "." || text == "..") {
    refuse_id(name, " is \".\" or \"..\", which a URL takes for a folder; choose another name.");
  }
  if (text.size() <= max_encoded && std::ranges::all_of(text, is_unreserved)) return;
  // Encoding never shortens, so this also bounds the work below.
  if (text.size() > max_encoded || encoded_size(text) > max_encoded) {
    refuse_id(name, " takes more than 200 bytes once percent-encoded; shorten it.");
  }
  if (!valid_utf8(text)) refuse_id(name, " is not UTF-8; convert it.");
  if (has_control(text)) refuse_id(name, " holds a control character; remove it.");
}

std::string replace_all(std::string text, std::string_view mark, std::string_view by) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), by);
    at += by.size();
  }
  return text;
}

// What a template becomes; the values hold no braces, so that none is expanded twice.
std::string expand(std::string_view url_template, std::string_view base,
                   std::string_view collection, std::string_view id) {
  std::string url = replace_all(std::string(url_template), "{id}", id);
  url = replace_all(std::move(url), "{collection}", collection);
  return replace_all(std::move(url), base_mark, base);
}

}  // namespace

void check_url_template(std::string_view url_template) {
  const std::string_view rest =
      url_template.substr(std::min(base_mark.size(), url_template.size()));
  // Without the slash the rest would lengthen the host's name.
  if (!url_template.starts_with(base_mark) || !(rest.starts_with('/') || rest.starts_with('?')) ||
      rest.find(base_mark) != std::string_view::npos) {
    refuse_template("The URL template must begin with {base}/ or {base}? and name {base} once.");
  }
  if (rest.find("{id}") == std::string_view::npos) {
    refuse_template("The URL template lacks {id}, so that all records would be one; add it.");
  }
  const std::string sample = expand(rest, "", "c", "i");
  if (!is_uri_text(sample) || sample.find('#') != std::string::npos) {
    refuse_template(
        "The URL template holds an unknown placeholder, a fragment or characters that a URL "
        "cannot; "
        "use {base}, {collection} and {id}, and percent-encode the rest.");
  }
  if (has_dot_segment(split_uri(sample).path)) {
    refuse_template("The URL template holds \".\" or \"..\" as a folder; write the path out.");
  }
}

void check_record_id(const RecordId& id) {
  check_part("collection", id.collection);
  check_part("key", id.key);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  result.reserve(encoded_size(text));
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += {'%', digits[byte >> 4U], digits[byte & 0xFU]};
  }
  return result;
}

std::string record_url(const Endpoint& endpoint, std::string_view url_template,
                       const RecordId& id) {
  check_url_template(url_template);
  check_record_id(id);
  return expand(url_template, endpoint.base, percent_encode(id.collection), percent_encode(id.key));
}

}  // namespace lodge::queue
