#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lodge::benchmark {

/// What the server saw.
struct Seen {
  long requests = 0;
  long connections = 0;
  long doubled = 0;       ///< keys that came more than once
  long out_of_order = 0;  ///< forms of one record that did not come in order
};

enum class Manner {
  answers,
  silent,  ///< takes connections and requests, and never says a word
  keeps,   ///< as `answers`, and a GET is answered with the newest form of its URL
};

/// The server that everybody sends to: one thread, epoll, HTTP/1.1 with keep-alive. 201 with an
/// ETag for each PUT. It keeps no bodies unless told to; it counts keys and, by "sequence" in the text, order.
/// Runs in a process of its own, so that the client's processor time is the client's.
class CountingServer {
 public:
  explicit CountingServer(int delay_ms = 0, Manner manner = Manner::answers);
  ~CountingServer();
  CountingServer(const CountingServer&) = delete;
  CountingServer& operator=(const CountingServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int port() const { return port_; }
  /// What came since the last call.
  Seen take_seen();

 private:
  int process_ = -1;
  int port_ = 0;
};

/// The server's own process, `--server DELAY MANNER`: never returns while its parent lives.
int run_counting_server(int delay_ms, Manner manner, const std::string& address = "127.0.0.1");
Manner manner_of(const std::string& word);

}  // namespace lodge::benchmark
