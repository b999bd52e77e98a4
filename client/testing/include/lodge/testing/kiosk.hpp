#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lodge/client.hpp"
#include "lodge/testing/clock.hpp"
#include "lodge/testing/network.hpp"
#include "lodge/testing/server.hpp"
#include "lodge/testing/transport.hpp"

namespace lodge::testing {

/// Lets a client without threads live through `span`: it is stepped whenever it asked to be, and
/// the clock moves on. Microseconds for hours in which nothing is due.
void pass(Client& client, VirtualClock& clock, Duration span);

/// A machine with one client on it, a network and a server, all in this process and on a clock of
/// their own: an application's code can live through days in milliseconds, the same days each time.
///
/// The client is a real one, with a real store in a temporary folder; only time, chance, network
/// and server are played. Threads: one. Errors: those of Client; std::system_error without a
/// folder.
class Kiosk {
 public:
  /// `options`: as the application has them. Endpoint, store, clock, transport, network, random and
  /// threads are set by the kiosk; `tokens` are the server's (see Server).
  explicit Kiosk(Options options = {}, std::map<std::string, std::string> tokens = {});
  ~Kiosk();
  Kiosk(const Kiosk&) = delete;
  Kiosk& operator=(const Kiosk&) = delete;

  Client& client() { return *client_; }
  Server& server() { return server_; }
  VirtualClock& clock() { return *clock_; }
  [[nodiscard]] Time now() { return clock_->now(); }

  /// Time passes; the client does what is due.
  void pass(Duration span);
  /// Ends the client and opens another on the same store, as when the program is started anew.
  /// Subscriptions and drafts' windows are the application's to make again.
  Client& restart();

  /// No route: the system says so, and every request fails before it leaves.
  void go_offline();
  /// The system still believes in the network, and every request fails.
  void go_dead();
  /// A portal answers in the server's place; over https that shows as a wrong certificate.
  void enter_portal();
  /// Requests reach the server again; the system says that the network changed.
  void come_online();

  /// Every request that the client sent, in order, whatever became of it.
  [[nodiscard]] const std::vector<Request>& sent() const { return sent_; }
  /// The options the client was opened with.
  [[nodiscard]] const Options& options() const { return options_; }

 private:
  enum class Way { open, none, dead, portal };

  void lead(Way way, Route route);
  Reply carry(const Request& request);

  class Folder;
  std::unique_ptr<Folder> folder_;
  std::shared_ptr<VirtualClock> clock_ = std::make_shared<VirtualClock>();
  std::shared_ptr<ScriptedNetwork> network_{};
  Server server_;
  Way way_ = Way::open;
  Route route_ = Route::exists;
  std::vector<Request> sent_{};
  std::uint64_t chance_ = 0;
  Options options_;
  std::unique_ptr<Client> client_{};
};

}  // namespace lodge::testing
