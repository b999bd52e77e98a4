#include "demo/day/held_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace lodge::demo {

HeldPort::HeldPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  // Both this socket and the listener's allow reuse, and this one never listens: so both may have
  // the port.
  const int yes = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const bool held = socket_ >= 0 &&
                    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                    ::bind(socket_, any, size) == 0 && ::getsockname(socket_, any, &size) == 0;
  if (!held) {
    if (socket_ >= 0) ::close(socket_);
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  number_ = ntohs(address.sin_port);
}

HeldPort::~HeldPort() { ::close(socket_); }

}  // namespace lodge::demo
