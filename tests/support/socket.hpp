#pragma once

#include <utility>

namespace lodge::test {

/// A file descriptor with an owner.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  void close();

 private:
  int descriptor_ = -1;
};

/// A listening socket on 127.0.0.1 or ::1, and its port; 0 takes a free one.
std::pair<Socket, int> listen_on_loopback(bool ipv6, int backlog, int port = 0);

/// A TCP port where connecting is neither answered nor refused: its queue is full.
class SilentPort {
 public:
  explicit SilentPort(bool ipv6 = false, int port = 0);
  [[nodiscard]] int port() const { return port_; }

 private:
  Socket listener_;
  int port_ = 0;
  Socket waiting_;
};

}  // namespace lodge::test
