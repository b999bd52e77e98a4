#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "client/delivery/path_state.hpp"
#include "lodge/clock.hpp"
#include "lodge/network.hpp"
#include "lodge/options.hpp"

namespace lodge::client {

/// What a monitor's callback is told.
struct MonitorChange {
  bool path = false;    ///< Monitor::path() is another one
  bool server = false;  ///< Monitor::server() is another one
  bool came_back =
      false;             ///< a way is there again, or may be: waits for "unreachable" may end early
  bool network = false;  ///< the system reported a change: kept-alive connections may be dead
};

struct MonitorParts {
  std::shared_ptr<NetworkSource> source{};  ///< may be empty
  std::string host{};                       ///< where TCP connects to; empty: no endpoint
  int port = 0;
  std::shared_ptr<Clock> clock{};
  RandomSource random{};
  Duration spread{5'000};  ///< of the first attempts after an outage
  /// Called without a lock, on the thread that brought the news. It should only wake somebody, must
  /// not throw, and should read what is new from the monitor: of two threads' news the older may
  /// arrive later.
  std::function<void(const MonitorChange&)> changed{};
};

/// The connectivity monitor: puts together what the system says about routes, what the application
/// says, and what real requests meet. Sends nothing by itself; hints hold requests back, answers
/// overrule them.
///
/// Threads: any member from any thread. Errors: none.
class Monitor {
 public:
  /// Reads the route once, without calling `changed`.
  explicit Monitor(MonitorParts parts);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// A request leaves now.
  void attempted();
  /// A whole reply came, of the server or of nobody knows whom. `busy`: 429 or 503.
  void answered(bool from_server, bool busy = false);
  /// No reply came: resolve, connect, handshake, timeout, cut.
  void unreachable();
  /// Somebody else replied in the server's place: a captive portal.
  void intercepted();
  /// A request was carried to this address: from now on routes to the host are judged by it.
  void connected_to(const std::string& address);
  /// The application's hint. offline and captive hold until an answer of the server shows better;
  /// online holds against the system's opinion about routes; unknown takes the hint back.
  void set_network(Path hint);
  /// Somebody wants to know now: a probe may go at once although no way is known.
  void ask();
  /// Reads the route again; the source's events do so by themselves.
  void look();
  /// Whether something waits for the network: a source that polls does so only then.
  void watch(bool work_waits);

  /// For the plan. What it says about the future is never further away than the spread.
  [[nodiscard]] queue::Network network();
  [[nodiscard]] Path path() const;
  [[nodiscard]] ServerState server() const;

 private:
  void hear(const Sign& sign);
  MonitorChange take(const Sign& sign);
  void read_route(bool from_system);
  void tell(const MonitorChange& change) const;

  MonitorParts parts_;
  std::mutex route_mutex_{};  ///< keeps an older reading from overtaking a newer one
  mutable std::mutex mutex_{};
  PathState state_{};
  std::string address_{};  ///< the newest known of the host
};

}  // namespace lodge::client
