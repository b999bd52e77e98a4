#include "queue/http/problem.hpp"

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <variant>

#include "queue/http/ascii.hpp"
#include "queue/http/utf8.hpp"
#include "queue/json/document.hpp"

namespace lodge::queue {
namespace {

using nlohmann::json;
using Names = std::initializer_list<const char*>;

constexpr std::size_t max_text = 500;

// Errors are small. What is larger is shown as nothing rather than parsed.
constexpr Limits problem_limits{.max_bytes = std::size_t{1} << 20, .max_depth = 64};

std::string first_text(const json& object, Names names) {
  for (const char* name : names) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) continue;
    std::string text = clean_text(found->get_ref<const std::string&>(), max_text);
    if (!text.empty()) return text;
  }
  return {};
}

Problem read_members(const json& object) {
  // {"error": {"type": ..., "message": ...}} wraps what others send bare.
  const auto wrapped = object.find("error");
  if (wrapped != object.end() && wrapped->is_object()) return read_members(*wrapped);
  return {.type = first_text(object, {"type", "code"}),
          .title = first_text(object, {"title", "error"}),
          .detail = first_text(
              object, {"detail", "message", "error_description", "reason", "details", "hint"})};
}

Problem read_json(const json& value) {
  if (value.is_object()) return read_members(value);
  if (!value.is_string()) return {};
  return {
      .type = {}, .title = {}, .detail = clean_text(value.get_ref<const std::string&>(), max_text)};
}

bool is_html(std::string_view content_type, std::string_view body) {
  const std::string type = lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "text/html" || type == "application/xhtml+xml") return true;
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && body[start] == '<';
}

Problem read(std::string_view content_type, std::string_view body) {
  if (is_html(content_type, body)) return {};
  const ParsedDocument parsed = parse_document(body, problem_limits);
  if (const auto* document = std::get_if<Document>(&parsed)) return read_json(document->value);
  const bool looks_like_json = !body.empty() && (body.front() == '{' || body.front() == '[');
  if (looks_like_json) return {};
  return {.type = {}, .title = {}, .detail = clean_text(body, max_text)};
}

// The letters and digits of type and title, in small letters, so that "in-progress", "in progress"
// and "InProgress" look alike. The detail counts only where there is no title: it may mention
// anything.
std::string wording(const Problem& problem) {
  std::string text = problem.type + (problem.title.empty() ? problem.detail : problem.title);
  std::erase_if(text, [](char c) { return !is_alpha(c) && !is_digit(c); });
  return lower(text);
}

bool mentions(const std::string& text, std::initializer_list<std::string_view> phrases) {
  return std::ranges::any_of(phrases,
                             [&](auto phrase) { return text.find(phrase) != std::string::npos; });
}

}  // namespace

Problem read_problem(std::string_view content_type, std::string_view body) noexcept {
  try {
    return read(content_type, body);
  } catch (const std::exception&) {
    return {};
  }
}

bool says_key_in_progress(const Problem& problem) {
  const std::string text = wording(problem);
  return mentions(text, {"idempoten"}) &&
         mentions(text, {"inprogress", "outstanding", "inuse", "inflight", "beingprocessed",
                         "stillprocessing", "concurrent"});
}

bool says_key_reused(const Problem& problem) {
  const std::string text = wording(problem);
  return mentions(text, {"idempoten"}) && !says_key_in_progress(problem) &&
         mentions(text, {"reuse", "alreadyused", "alreadybeenused", "mismatch", "different",
                         "sameparameters", "idempotencyerror"});
}

}  // namespace lodge::queue
