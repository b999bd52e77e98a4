#include "client/network/route_finder.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace lodge::client {

namespace {

constexpr std::size_t most_hosts = 16;
constexpr std::size_t most_addresses = 4;

// Lower case, without the brackets of an IPv6 address and the dot of a fully qualified name.
std::string plain(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  std::string text(host);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// RFC 6761 §6.3: these names are this machine.
bool is_localhost(const std::string& host) {
  constexpr std::string_view suffix = ".localhost";
  return host == "localhost" ||
         (host.size() > suffix.size() &&
          std::string_view(host).substr(host.size() - suffix.size()) == suffix);
}

Route best_route(const std::vector<SocketAddress>& addresses) {
  auto best = Route::none;
  for (const auto& address : addresses) {
    const auto route = route_to(address);
    if (route == Route::exists) return Route::exists;
    if (route == Route::unknown) best = Route::unknown;
  }
  return best;
}

// The name may have an address of the other family that nobody has learned yet.
bool other_family_leads_out(const std::vector<SocketAddress>& known) {
  for (const int family : {AF_INET, AF_INET6}) {
    const bool seen = std::any_of(known.begin(), known.end(), [&](const SocketAddress& address) {
      return address.family() == family;
    });
    if (!seen && has_default_route(family)) return true;
  }
  return false;
}

// Moves `value` to the front of a list that keeps `most`.
void put_first(std::deque<std::string>& list, const std::string& value, std::size_t most) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
  list.push_front(value);
  if (list.size() > most) list.pop_back();
}

}  // namespace

Route RouteFinder::route(const std::string& host, int port) {
  const auto name = plain(host);
  if (const auto literal = parse_address(name, port)) return route_to(*literal);
  if (is_localhost(name)) {
    return best_route({*parse_address("127.0.0.1", port), *parse_address("::1", port)});
  }
  const auto known = addresses_of(name, port);
  if (known.empty()) {
    const bool way_out =
        has_outside_address() || has_default_route(AF_INET) || has_default_route(AF_INET6);
    return way_out ? Route::exists : Route::unknown;
  }
  const auto best = best_route(known);
  return best == Route::none && other_family_leads_out(known) ? Route::unknown : best;
}

void RouteFinder::learned_address(const std::string& host, const std::string& address) {
  const auto name = plain(host);
  const auto number = plain(address);
  if (name.empty() || parse_address(name, 0) || !parse_address(number, 0)) return;
  const std::lock_guard lock(mutex_);
  put_first(learned_[name], number, most_addresses);
  if (hosts_.size() == most_hosts &&
      std::find(hosts_.begin(), hosts_.end(), name) == hosts_.end()) {
    learned_.erase(hosts_.back());
  }
  put_first(hosts_, name, most_hosts);
}

std::vector<SocketAddress> RouteFinder::addresses_of(const std::string& host, int port) {
  const std::lock_guard lock(mutex_);
  std::vector<SocketAddress> addresses;
  const auto found = learned_.find(host);
  if (found == learned_.end()) return addresses;
  for (const auto& text : found->second) {
    if (const auto address = parse_address(text, port)) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace lodge::client
