#include "lodge/transport.hpp"

#include <algorithm>

namespace lodge {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

}  // namespace

std::string_view name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::put:
      return "PUT";
    case Method::del:
      return "DELETE";
  }
  return "GET";
}

std::string_view name(TransportError error) {
  switch (error) {
    case TransportError::none:
      return "none";
    case TransportError::resolve:
      return "resolve";
    case TransportError::connect:
      return "connect";
    case TransportError::proxy:
      return "proxy";
    case TransportError::handshake:
      return "handshake";
    case TransportError::certificate:
      return "certificate";
    case TransportError::timeout:
      return "timeout";
    case TransportError::cut:
      return "cut";
    case TransportError::too_large:
      return "too_large";
    case TransportError::protocol:
      return "protocol";
    case TransportError::refused:
      return "refused";
    case TransportError::cancelled:
      return "cancelled";
  }
  return "protocol";
}

std::optional<std::string_view> header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& field : headers) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t header_count(const std::vector<Header>& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [&](const Header& h) { return same_name(h.name, name); }));
}

}  // namespace lodge
