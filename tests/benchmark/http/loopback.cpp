#include "benchmark/http/loopback.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace lodge::benchmark {

sockaddr_in loopback(int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

int free_port() {
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name = loopback(0);
  socklen_t size = sizeof name;
  bind(file, reinterpret_cast<sockaddr*>(&name), size);
  getsockname(file, reinterpret_cast<sockaddr*>(&name), &size);
  close(file);
  return ntohs(name.sin_port);
}

}  // namespace lodge::benchmark
