#ifdef __linux__

#include "client/network/netlink_socket.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace lodge::client {

namespace {

constexpr unsigned groups =
    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

// A wireless card sends one of these for every scan.
bool is_wireless_news(const nlmsghdr& message) {
  const auto* link = static_cast<const ifinfomsg*>(NLMSG_DATA(&message));
  auto left = static_cast<int>(IFLA_PAYLOAD(&message));
  for (const auto* one = IFLA_RTA(link); RTA_OK(one, left); one = RTA_NEXT(one, left)) {
    if (one->rta_type == IFLA_WIRELESS) return true;
  }
  return false;
}

bool is_cached_route(const nlmsghdr& message) {
  return (static_cast<const rtmsg*>(NLMSG_DATA(&message))->rtm_flags & RTM_F_CLONED) != 0;
}

bool matters(const nlmsghdr& message) {
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
      return message.nlmsg_len < NLMSG_LENGTH(sizeof(ifinfomsg)) || !is_wireless_news(message);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return message.nlmsg_len < NLMSG_LENGTH(sizeof(rtmsg)) || !is_cached_route(message);
    case NLMSG_NOOP:
    case NLMSG_DONE:
      return false;
    default:
      return true;
  }
}

}  // namespace

NetlinkSocket::NetlinkSocket()
    : fd_(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  if (!fd_) fail("socket(AF_NETLINK)");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("bind(AF_NETLINK)");
  }
}

bool NetlinkSocket::changed() {
  bool change = false;
  alignas(nlmsghdr) std::array<std::byte, 32 * 1024> buffer;
  while (true) {
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    const auto size = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_TRUNC,
                                 reinterpret_cast<sockaddr*>(&sender), &sender_size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {
      change = true;  // messages were lost: something happened
      continue;
    }
    if (size <= 0) return change;
    if (sender.nl_pid != 0) continue;  // not from the kernel
    if (static_cast<std::size_t>(size) > buffer.size()) {
      change = true;
      continue;
    }
    auto left = static_cast<unsigned>(size);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
      change = change || matters(*message);
    }
  }
}

}  // namespace lodge::client

#endif
