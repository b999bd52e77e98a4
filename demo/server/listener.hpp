#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "lodge/transport.hpp"

namespace lodge::demo {

/// What becomes of one request on a bad day.
enum class Delivery {
  answer,       ///< handled and answered
  drop_before,  ///< the connection ends before the request is handled
  drop_after,   ///< handled, then the connection ends without an answer
  cut,          ///< handled, then the connection ends after half of the answer
  hang,         ///< handled, and the answer never comes; the connection stays open
};

/// Answers a request; nothing: the connection ends without an answer. So does a Reply whose `error`
/// is set. Called on the listener's thread, one call at a time; if it throws, the client gets a
/// 500.
using Handler = std::function<std::optional<Reply>(const Request&)>;

/// Decides what becomes of a request, before it is handled. Called where Handler is.
using Weather = std::function<Delivery(const Request&)>;

struct ListenerOptions {
  std::uint16_t port = 0;  ///< 0: any free one
  /// Longer bodies get 413 before they are read. A little above the server's own limit.
  std::size_t body_limit = (std::size_t{10} << 20) + 1;
  std::chrono::milliseconds idle{60'000};  ///< a connection silent for this long is closed
  Weather weather{};                       ///< none: every request is answered
};

/// HTTP/1.1 on 127.0.0.1 around a handler, with a thread of its own. Keeps connections alive,
/// answers HEAD from the handler's GET, "Expect: 100-continue", and 400, 405, 413, 431 by itself,
/// as problem+json. It is for tests, demonstrations and trying things out: no TLS, no other address
/// than loopback.
///
/// Request::url is absolute ("http://" + Host + target). Framing headers of a Reply are ignored.
/// Threads: every member may be called from any thread; not stop() or the destructor from the
/// handler.
class Listener {
 public:
  /// Listens when it returns. Throws std::runtime_error when the port is taken.
  explicit Listener(Handler handler, ListenerOptions options = {});
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;  ///< "http://127.0.0.1:PORT"

  /// How many connections were accepted so far.
  [[nodiscard]] std::uint64_t connections() const;

  /// Ends all connections, answered or not, and waits for the handler's current call only. When it
  /// returns, the port is free and the handler is not called any more. Repeating it does nothing.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::demo
