#include "client/network/network_addresses.hpp"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

#include "client/process/unique_fd.hpp"

namespace lodge::client {

namespace {

using Interfaces = std::unique_ptr<ifaddrs, decltype(&freeifaddrs)>;

Interfaces interfaces() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) list = nullptr;
  return {list, &freeifaddrs};
}

const sockaddr_in& as_ipv4(const sockaddr& address) {
  return reinterpret_cast<const sockaddr_in&>(address);
}

const sockaddr_in6& as_ipv6(const sockaddr& address) {
  return reinterpret_cast<const sockaddr_in6&>(address);
}

// The address alone, without port and scope.
std::string_view bytes_of(const sockaddr* address) {
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    return {reinterpret_cast<const char*>(&as_ipv4(*address).sin_addr), sizeof(in_addr)};
  }
  if (address->sa_family == AF_INET6) {
    return {reinterpret_cast<const char*>(&as_ipv6(*address).sin6_addr), sizeof(in6_addr)};
  }
  return {};
}

bool same_address(const sockaddr* left, const sockaddr* right) {
  return left != nullptr && right != nullptr && left->sa_family == right->sa_family &&
         bytes_of(left) == bytes_of(right);
}

bool has(const ifaddrs& entry, unsigned flags) { return (entry.ifa_flags & flags) == flags; }

// Carrier is known at once. Linux derives IFF_RUNNING from it in a work of its own, at most once a
// second where a link changes often: so long would a way be missed that is there.
bool is_running(const ifaddrs& entry) {
#ifdef __linux__
  constexpr unsigned lower_up = 0x10000;  // IFF_LOWER_UP and IFF_DORMANT of <linux/if.h>, which
  constexpr unsigned dormant = 0x20000;   // cannot be included beside <net/if.h>
  return has(entry, IFF_UP | lower_up) && !has(entry, dormant);
#else
  return has(entry, IFF_UP | IFF_RUNNING);
#endif
}

bool loopback_is_up() {
  const auto list = interfaces();
  if (!list) return true;  // cannot be told
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (has(*entry, IFF_LOOPBACK | IFF_UP)) return true;
  }
  return false;
}

// An unplugged cable leaves addresses and routes in place; only the carrier tells.
bool link_runs(const sockaddr* source) {
  const auto list = interfaces();
  bool found = false;
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (!same_address(entry->ifa_addr, source)) continue;
    if (is_running(*entry)) return true;
    found = true;
  }
  return !found;
}

bool is_link_local(const sockaddr* address) {
  const auto bytes = bytes_of(address);
  if (bytes.size() == sizeof(in_addr)) return bytes.substr(0, 2) == "\xA9\xFE";
  return bytes.size() == sizeof(in6_addr) &&
         IN6_IS_ADDR_LINKLOCAL(&as_ipv6(*address).sin6_addr) != 0;
}

Route meaning_of(int error) {
  switch (error) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return Route::none;
    default:
      return Route::unknown;  // a sandbox, no descriptors left
  }
}

UniqueFd udp_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_DGRAM, 0));
  if (fd) ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  return fd;
}

std::uint64_t hash_of(std::string_view bytes) { return std::hash<std::string_view>{}(bytes); }

std::uint64_t mix(std::uint64_t seed, std::uint64_t value) {
  seed ^= value + 0x9e3779b97f4a7c15U + (seed << 6U) + (seed >> 2U);
  return seed;
}

}  // namespace

std::optional<SocketAddress> parse_address(const std::string& text, int port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (text.empty() || ::getaddrinfo(text.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  if (found->ai_family != AF_INET && found->ai_family != AF_INET6) return {};

  SocketAddress address;
  address.size = found->ai_addrlen;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  const auto network_port = htons(static_cast<std::uint16_t>(port));
  if (address.family() == AF_INET) {
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = network_port;
  } else {
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = network_port;
  }
  return address;
}

bool is_loopback(const SocketAddress& address) {
  if (address.family() == AF_INET) return bytes_of(address.raw()).front() == '\x7F';
  const auto& ipv6 = as_ipv6(*address.raw()).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&ipv6) != 0 ||
         (IN6_IS_ADDR_V4MAPPED(&ipv6) != 0 && bytes_of(address.raw())[12] == '\x7F');
}

Route route_to(const SocketAddress& address) {
  if (is_loopback(address) && !loopback_is_up()) return Route::none;
  const auto fd = udp_socket(address.family());
  if (!fd || ::connect(fd.get(), address.raw(), address.size) != 0) return meaning_of(errno);
  if (is_loopback(address)) return Route::exists;

  SocketAddress source;
  source.size = sizeof source.storage;
  auto* raw = reinterpret_cast<sockaddr*>(&source.storage);
  if (::getsockname(fd.get(), raw, &source.size) != 0) return Route::exists;
  if (same_address(source.raw(), address.raw())) return Route::exists;  // this machine itself
  return link_runs(source.raw()) ? Route::exists : Route::none;
}

bool has_default_route(int family) {
  // Addresses kept for documentation (RFC 5737, RFC 3849): nobody has a route of their own to them.
  const auto outside = parse_address(family == AF_INET ? "192.0.2.1" : "2001:db8::1", 9);
  return outside && route_to(*outside) == Route::exists;
}

bool has_outside_address() {
  const auto list = interfaces();
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (is_running(*entry) && !has(*entry, IFF_LOOPBACK) &&
        !bytes_of(entry->ifa_addr).empty() && !is_link_local(entry->ifa_addr)) {
      return true;
    }
  }
  return false;
}

std::uint64_t network_fingerprint() {
  const auto list = interfaces();
  std::uint64_t sum = 0;  // the order of the list means nothing
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    auto one = hash_of(entry->ifa_name);
    one = mix(one, is_running(*entry));
    one = mix(one, hash_of(bytes_of(entry->ifa_addr)));
    one = mix(one, hash_of(bytes_of(entry->ifa_netmask)));
    sum += one;
  }
  return mix(mix(sum, has_default_route(AF_INET)), has_default_route(AF_INET6));
}

}  // namespace lodge::client
