#pragma once

#include <string_view>

namespace lodge::queue {

/// Checks a header that the application wants to add to its requests. Throws Error(invalid_header),
/// never with the value in it, when the name is no token (RFC 9110 §5.6.2), the value holds a
/// control character other than TAB (§5.5), both together exceed 8 KiB, or the header is one that
/// decides what the request means and therefore belongs to lodge (If-Match, Content-Length, ...).
void check_header(std::string_view name, std::string_view value);

}  // namespace lodge::queue
