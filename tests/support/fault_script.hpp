#pragma once

#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lodge::test {

/// What a FaultServer does to a connection, step by step. When a script ends without Close or
/// Reset, the server reads the next request from the same connection.
struct Send {
  std::string bytes{};
};

/// A byte at a time, with a pause before each.
struct Drip {
  std::string bytes{};
  std::chrono::milliseconds pause{20};
};

/// The same bytes for ever, until the client is gone.
struct Flood {
  std::string bytes{};
};

/// Nothing, until the client closes.
struct Hang {};

/// Nothing, until the future is ready or the client closes.
struct HoldUntil {
  std::shared_future<void> ready{};
};

/// Nothing, until the client writes: what it wrote is left unread.
struct AwaitBytes {};

/// An orderly end (FIN).
struct Close {};

/// A rude one (RST).
struct Reset {};

using Step = std::variant<Send, Drip, Flood, Hang, HoldUntil, AwaitBytes, Close, Reset>;
using Script = std::vector<Step>;

/// "HTTP/1.1 200 OK" with the header lines given ("ETag: \"1\"\r\n"), an exact Content-Length,
/// body.
inline std::string http_reply(int status, const std::string& header_lines = {},
                              const std::string& body = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + header_lines +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline Script reply_with(int status, const std::string& header_lines = {},
                         const std::string& body = {}) {
  return {Send{http_reply(status, header_lines, body)}};
}

}  // namespace lodge::test
