#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lodge {

/// What the operating system says about the way to an address. A hint, never proof: a route can
/// lead nowhere, and only a real attempt shows that a server answers.
enum class Route {
  unknown,  ///< cannot be said without asking the network: no address of the host is known yet
  none,     ///< the machine has no route, or the link that would be used is down
  exists,   ///< packets would leave this machine
};

std::string_view name(Route route);

/// Where lodge learns about the network of this machine. The system's source is the default
/// (`system_network_source`); an application that knows better (Qt, a test) passes its own.
///
/// A source has one handler, so it serves one client; give each client a source of its own.
///
/// Threads: every member may be called from any thread, also from inside the handler.
/// Errors: nothing here throws once the source is made; what cannot be found out is `unknown`.
class NetworkSource {
 public:
  NetworkSource() = default;
  NetworkSource(const NetworkSource&) = delete;
  NetworkSource& operator=(const NetworkSource&) = delete;
  /// Ends within a second, even while the handler hangs. No call of the handler starts afterwards.
  virtual ~NetworkSource() = default;

  /// Is there a route to `host` (the machine that TCP connects to: the proxy where there is one)?
  /// `host` is a name, an IPv4 or an IPv6 address, with or without brackets. Never blocks, never
  /// asks DNS and sends nothing: a name is judged by the addresses learned for it, and without any
  /// by whether this machine has a way out at all (`exists`, else `unknown`).
  virtual Route route(const std::string& host, int port) = 0;

  /// `host` was found at `address` (numeric, without brackets), for instance because a request just
  /// connected there. The newest few are kept. Anything that is not an address is ignored.
  virtual void learned_address(const std::string& host, const std::string& address) {
    static_cast<void>(host);
    static_cast<void>(address);
  }

  /// From now on `handler` is called after each change of links, addresses or routes, after a
  /// resume from suspend and after a step of the wall clock. Replaces the handler before; empty
  /// removes it. When this returns, the earlier handler is not running and will not be called
  /// (unless it was the earlier handler that called): do not hold a lock that the handler takes.
  ///
  /// Called on a thread of the source, one call at a time. A burst of changes is one call, and a
  /// call may turn out to mean nothing. It should return quickly; what it throws is dropped.
  virtual void on_change(std::function<void()> handler) = 0;

  /// Says whether somebody waits for the network. A source that has to look from time to time looks
  /// only while this is true (the default is false); one that is told by the system needs no such
  /// word.
  virtual void watch(bool work_waits) { static_cast<void>(work_waits); }
};

/// The best source of this system: rtnetlink on Linux; elsewhere, and where a sandbox forbids that,
/// one that looks every 5 s while work waits. Owns one thread. Throws std::system_error when the
/// system gives no thread.
std::unique_ptr<NetworkSource> system_network_source();

}  // namespace lodge
