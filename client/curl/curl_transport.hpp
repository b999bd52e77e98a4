#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::client {

class Mailbox;

/// How CurlTransport reaches servers. Nothing here weakens the checks of TLS: no option does.
struct CurlOptions {
  /// For the name, TCP and TLS together; then TransportError::resolve, connect or handshake.
  std::chrono::milliseconds connect_timeout{10'000};
  /// Transfers in flight (and so connections) per origin. The rest wait their turn, in order.
  int max_connections = 16;
  /// "http://proxy.example:3128". Without it no proxy is used; the environment is never asked.
  std::optional<std::string> proxy{};
  /// Trusted certificates (PEM), instead of the system's.
  std::optional<std::string> ca_file{};
  /// Offer HTTP/2 to https servers. Cleartext is always HTTP/1.1.
  bool http2 = true;
  /// Sent as User-Agent; empty: no such header.
  std::string user_agent = "lodge";
  /// Addresses to use instead of asking for a name's: "host:port:address[,address]".
  std::vector<std::string> resolve{};
};

/// The Transport over libcurl: HTTP/1.1 and HTTP/2, one thread of its own, which sleeps while
/// nothing is to be done.
///
/// A request leaves at most twice: libcurl repeats one by itself when a kept-alive connection dies
/// before the first byte of an answer (Reply::departures counts it); a third departure is
/// prevented.
///
/// From the environment it takes nothing: no proxy variables, no .netrc, no SSLKEYLOGFILE. (libcurl
/// opens, and so creates, the file that SSLKEYLOGFILE names; with OpenSSL nothing is written to it.
/// GnuTLS reads the variable by itself, beyond our reach. OpenSSL reads OPENSSL_CONF.)
///
/// Errors: the constructor throws std::system_error when the system has no descriptors or no thread
/// for it. Later, what lacks either, or memory, ends with an error and without a departure; an
/// answer that there is no memory for is reported when there is.
///
/// Destruction ends within 1.5 s: a thread that does not end by then is left behind with its own
/// state; after that it calls nothing of ours.
class CurlTransport : public Transport {
 public:
  explicit CurlTransport(CurlOptions options = {});
  ~CurlTransport() override;

  void start(TransferId id, Request request) override;
  void cancel(TransferId id) override;
  [[nodiscard]] int room_ahead() const override;
  void recall(TransferId id) override;
  std::vector<Finished> collect() override;
  void on_finished(std::function<void()> notify) override;
  void forget_connections() override;

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::thread thread_;
};

}  // namespace lodge::client
