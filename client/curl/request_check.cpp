#include "client/curl/request_check.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace lodge::client {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_token_char(char c) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         others.find(c) != std::string_view::npos;
}

bool frames_the_message(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours = {"host", "content-length", "transfer-encoding",
                                                    "connection", "expect"};
  return std::ranges::any_of(ours, [&](std::string_view own) { return same_word(name, own); });
}

// The length of "http://" or "https://", or 0.
std::size_t scheme_length(std::string_view url) {
  for (const std::string_view scheme :
       {std::string_view("https://"), std::string_view("http://")}) {
    if (same_word(url.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

std::string_view authority(std::string_view url) {
  url.remove_prefix(scheme_length(url));
  return url.substr(0, url.find_first_of("/?#"));
}

std::optional<std::string_view> refusal(std::string_view url) {
  if (scheme_length(url) == 0) return "the URL is neither http nor https";
  if (std::ranges::any_of(url, [](char c) { return is_control(c) || c == ' '; })) {
    return "the URL holds a space or a control character";
  }
  const std::string_view host = authority(url);
  if (host.empty() || host.front() == ':') return "the URL names no host";
  if (host.find_first_of("@\\") != std::string_view::npos) return "the URL holds credentials";
  return std::nullopt;
}

std::optional<std::string_view> refusal(const Header& field) {
  if (field.name.empty() || !std::ranges::all_of(field.name, is_token_char)) {
    return "a header name is not a token";
  }
  if (std::ranges::any_of(field.value, [](char c) { return is_control(c) && c != '\t'; })) {
    return "a header value holds a control character";
  }
  if (frames_the_message(field.name)) return "a header belongs to the transport";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> refusal(const Request& request) {
  if (const auto reason = refusal(std::string_view(request.url))) return reason;
  for (const Header& field : request.headers) {
    if (const auto reason = refusal(field)) return reason;
  }
  return std::nullopt;
}

std::string_view origin(std::string_view url) {
  return url.substr(0, scheme_length(url) + authority(url).size());
}

bool is_https(std::string_view url) { return scheme_length(url) == 8; }

}  // namespace lodge::client
