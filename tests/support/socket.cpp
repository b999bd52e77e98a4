#include "support/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <tuple>

namespace lodge::test {
namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

struct LoopbackAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

LoopbackAddress loopback(bool ipv6, int port) {
  LoopbackAddress address;
  if (ipv6) {
    auto& six = reinterpret_cast<sockaddr_in6&>(address.storage);
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    six.sin6_port = htons(static_cast<std::uint16_t>(port));
    address.length = sizeof six;
  } else {
    auto& four = reinterpret_cast<sockaddr_in&>(address.storage);
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    four.sin_port = htons(static_cast<std::uint16_t>(port));
    address.length = sizeof four;
  }
  return address;
}

int port_of(LoopbackAddress& address) {
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<sockaddr_in&>(address.storage).sin_port);
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket::~Socket() { close(); }

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::pair<Socket, int> listen_on_loopback(bool ipv6, int backlog, int port) {
  Socket listener(socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  check(listener.descriptor(), "socket");
  const int yes = 1;
  check(setsockopt(listener.descriptor(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes),
        "setsockopt");
  LoopbackAddress address = loopback(ipv6, port);
  check(bind(listener.descriptor(), address.get(), address.length), "bind");
  check(listen(listener.descriptor(), backlog), "listen");
  check(getsockname(listener.descriptor(), address.get(), &address.length), "getsockname");
  return {std::move(listener), port_of(address)};
}

// With a backlog of 0 the kernel lets one connection wait to be accepted, and drops the SYN of
// others.
SilentPort::SilentPort(bool ipv6, int port) {
  std::tie(listener_, port_) = listen_on_loopback(ipv6, 0, port);
  waiting_ = Socket(socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  LoopbackAddress address = loopback(ipv6, port_);
  check(connect(waiting_.descriptor(), address.get(), address.length), "connect");
}

}  // namespace lodge::test
