#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/fault_script.hpp"
#include "support/socket.hpp"

namespace lodge::test {

/// One accepted connection: reads and writes that give up when the client is gone or `stop` becomes
/// readable.
class FaultConnection {
 public:
  FaultConnection(const Socket& socket, const Socket& stop) : socket_(socket), stop_(stop) {}

  /// Everything up to and with the next empty line; nothing when the client ended before.
  std::optional<std::string> read_head();
  /// Exactly `size` bytes, or fewer when the client ended.
  std::string read_body(std::size_t size);
  bool send(std::string_view bytes);

  /// Plays a script. False: the connection is over.
  bool play(const Script& script);

 private:
  bool play(const Send& step);
  bool play(const Drip& step);
  bool play(const Flood& step);
  bool play(const Hang& step);
  bool play(const HoldUntil& step);
  bool play(const AwaitBytes& step);
  bool play(const Close& step);
  bool play(const Reset& step);

  bool wait_for(short events, int timeout_ms);
  bool peer_is_gone();
  bool read_more();

  const Socket& socket_;
  const Socket& stop_;
  std::string unread_;
};

}  // namespace lodge::test
