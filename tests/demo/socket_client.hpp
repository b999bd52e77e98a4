#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lodge::demo {

/// One TCP connection to loopback, bytes in and out. A read waits at most 10 s.
class SocketClient {
 public:
  explicit SocketClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  ~SocketClient() { close(socket_); }

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Everything up to the end of the connection.
  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  /// Whether the other side broke the connection instead of closing it; known after read_all().
  [[nodiscard]] bool was_reset() const { return reset_; }

  /// One message: its head, and as much body as Content-Length says (none for HEAD).
  std::string read_message(bool head_only = false) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    const std::size_t length = end + 4 + (head_only ? 0 : content_length(end));
    while (received_.size() < length) {
      if (!receive()) return {};
    }
    std::string message = received_.substr(0, length);
    received_.erase(0, length);
    return message;
  }

 private:
  [[nodiscard]] std::size_t content_length(std::size_t end) const {
    constexpr std::string_view field = "\r\nContent-Length: ";
    const auto at = received_.find(field);
    return at < end ? std::stoul(received_.substr(at + field.size())) : 0;
  }

  bool receive() {
    char bytes[4096];
    const auto count = recv(socket_, bytes, sizeof bytes, 0);
    reset_ = count < 0 && errno == ECONNRESET;
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool reset_ = false;
  std::string received_;
};

}  // namespace lodge::demo
