#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lodge {

enum class Method { get, put, del };

/// "GET", "PUT" or "DELETE".
std::string_view name(Method method);

/// One header field. Names compare without regard to case (RFC 9110 §5.1).
struct Header {
  std::string name{};
  std::string value{};
  bool operator==(const Header&) const = default;
};

/// What goes on the wire. Everything that the server sees is in here; a transport adds only Host,
/// Content-Length, Accept and User-Agent.
struct Request {
  Method method = Method::get;
  std::string url{};
  std::vector<Header> headers{};
  std::string body{};
  /// A longer reply body is cut and reported as TransportError::too_large.
  std::size_t reply_limit = std::size_t{1} << 20;
  /// Fewer than 100 bytes a second for this long ends the transfer with TransportError::timeout.
  std::chrono::seconds patience{15};
};

/// Why there is no complete reply.
enum class TransportError {
  none,         ///< a complete reply: status, headers and body are set
  resolve,      ///< the host's name has no address just now
  connect,      ///< refused, unreachable, or no answer within the connect timeout
  proxy,        ///< the configured proxy could not be used
  handshake,    ///< TLS could not be agreed (cut, protocol version)
  certificate,  ///< TLS: wrong name, unknown or expired chain. A portal, or a wrong clock
  timeout,      ///< too slow, after the request may have left
  cut,          ///< the connection ended before the reply was complete
  too_large,    ///< the reply exceeds its limit
  protocol,     ///< not HTTP, or broken framing
  refused,      ///< this transport will not send it (URL scheme, header bytes)
  cancelled,    ///< given up by this side
};

std::string_view name(TransportError error);

/// What came back. `status` and `headers` may be set beside an error (a body cut after "200 OK"):
/// with an error they are information, never a verdict.
struct Reply {
  TransportError error = TransportError::none;
  /// How many times the request may have left this machine. 0: it certainly did not. 2 or more: the
  /// transport repeated it by itself on a fresh connection.
  int departures = 0;
  int status = 0;
  std::vector<Header> headers{};  ///< of the last reply only; interim 1xx replies are dropped
  std::string body{};
  bool verified = false;  ///< https, with name and chain checked
  bool loopback = false;  ///< the peer's address was 127.0.0.0/8 or ::1
  /// Of the machine that TCP was connected to, numeric, without brackets; empty: not known.
  std::string address{};
  std::string detail{};  ///< the transport's own words for a log; no content, no credentials
};

/// The value of the first header called `name`; empty when there is none. Beware of headers that
/// were sent twice: see header_count.
std::optional<std::string_view> header(const std::vector<Header>& headers, std::string_view name);

/// How many headers are called `name`.
std::size_t header_count(const std::vector<Header>& headers, std::string_view name);

/// Names one transfer within one transport.
using TransferId = std::uint64_t;

struct Finished {
  TransferId id = 0;
  Reply reply{};
};

/// Carries requests to the server, several at a time. No call blocks on the network.
///
/// Threads: one thread (the worker) calls start, cancel and collect; on_finished's function may run
/// on any thread. Errors: what goes wrong with a request is in its Reply; no member throws.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  /// Ends within 1.5 s whatever the network does. Unfinished transfers are dropped.
  virtual ~Transport() = default;

  /// Begins a transfer. Its id is the caller's choice and not in use. Every started transfer is
  /// reported by collect() exactly once, unless the transport is destroyed first.
  virtual void start(TransferId id, Request request) = 0;

  /// Gives up a transfer; it is still reported, as `cancelled` unless it ended first.
  virtual void cancel(TransferId id) = 0;

  /// How many transfers beyond those on the wire may be handed over: they are kept, and each begins
  /// by itself when another ends.
  [[nodiscard]] virtual int room_ahead() const { return 0; }

  /// Takes back a transfer that is kept and has not begun: it is reported as `cancelled` without a
  /// departure. One that has begun goes on.
  virtual void recall(TransferId) {}

  /// All transfers that ended since the last call, in the order of their ends.
  virtual std::vector<Finished> collect() = 0;

  /// Sets the function to call after a transfer ended (it must be short, and not throw).
  /// Call it before the first start.
  virtual void on_finished(std::function<void()> notify) = 0;

  /// The network changed: kept-alive connections must not be used again.
  virtual void forget_connections() = 0;
};

}  // namespace lodge
