#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "lodge/network.hpp"

namespace lodge::client {

/// An IPv4 or IPv6 address with its port, as the socket calls want it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Reads "192.0.2.1", "2001:db8::1", "fe80::1%eth0". Empty for everything else: no name is looked
/// up.
std::optional<SocketAddress> parse_address(const std::string& text, int port);

bool is_loopback(const SocketAddress& address);

/// Would a packet to `address` leave this machine? Connects a UDP socket, which sends nothing. A
/// link without carrier counts as no route; so does 127.0.0.1 while the loopback interface is down.
Route route_to(const SocketAddress& address);

/// Is there a default route for this family (AF_INET or AF_INET6)?
bool has_default_route(int family);

/// Does a running interface other than loopback have an address that others could reach?
bool has_outside_address();

/// A number that changes when links, addresses or default routes do.
std::uint64_t network_fingerprint();

}  // namespace lodge::client
