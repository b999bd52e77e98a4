#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lodge/transport.hpp"
#include "support/fault_script.hpp"
#include "support/socket.hpp"

namespace lodge::test {

/// A request as it arrived.
struct SeenRequest {
  int connection = 0;  ///< 1 for the first connection accepted
  std::string method{};
  std::string target{};
  std::vector<Header> headers{};
  std::string body{};
  std::string head{};    ///< every byte up to and with the empty line
  bool complete = true;  ///< false: the body was not read to its end
};

/// What to do at each point of a connection. An empty function or script: go on as a good server
/// does.
struct FaultHandlers {
  /// After accept, before anything is read.
  std::function<Script(int connection)> on_connect{};
  /// After the headers; a script that is not empty stands in for reading the body and for
  /// on_request.
  std::function<Script(const SeenRequest&)> on_head{};
  /// After the body.
  std::function<Script(const SeenRequest&)> on_request{};
  /// Whether "Expect: 100-continue" gets its "100 Continue".
  bool answer_expect = true;
};

/// An HTTP/1.1 server on raw sockets that misbehaves on order, and remembers what it was sent.
///
/// Threads: handlers run on a thread per connection, several at once; all members may be called
/// from any thread. The destructor ends every script.
class FaultServer {
 public:
  enum class Family { ipv4, ipv6 };

  explicit FaultServer(FaultHandlers handlers, Family family = Family::ipv4);
  explicit FaultServer(std::function<Script(const SeenRequest&)> on_request,
                       Family family = Family::ipv4);
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// "http://127.0.0.1:port" and `path`.
  [[nodiscard]] std::string url(const std::string& path = "/") const;

  /// All requests so far, in the order in which they were complete (or given up).
  [[nodiscard]] std::vector<SeenRequest> requests() const;
  [[nodiscard]] int connections() const;
  /// How many connections are open now.
  [[nodiscard]] int open_connections() const;
  /// Waits (10 s at most) until `count` requests were seen. False: they were not.
  [[nodiscard]] bool wait_for_requests(std::size_t count) const;
  [[nodiscard]] bool wait_for_connections(int count) const;
  /// Waits (10 s at most) until no more than `count` connections are open.
  [[nodiscard]] bool wait_for_open_connections(int count) const;

 private:
  void accept_all();
  void serve(int connection, Socket socket);
  void converse(int connection, const Socket& socket);
  void record(const SeenRequest& request);

  FaultHandlers handlers_;
  Family family_;
  Socket stop_;  // readable once the server stops
  Socket listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<SeenRequest> requests_;
  int connections_ = 0;
  int open_ = 0;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

}  // namespace lodge::test
