#include "client/delivery/monitor.hpp"

#include <utility>

#include "client/system/system_random.hpp"

namespace lodge::client {

Monitor::Monitor(MonitorParts parts) : parts_(std::move(parts)) {
  if (!parts_.source || parts_.host.empty()) return;
  parts_.source->on_change([this] { read_route(true); });
  const std::lock_guard reading(route_mutex_);
  take({.kind = Sign::Kind::route, .route = parts_.source->route(parts_.host, parts_.port)});
}

Monitor::~Monitor() {
  if (parts_.source && !parts_.host.empty()) parts_.source->on_change({});
}

void Monitor::attempted() { hear({.kind = Sign::Kind::attempt}); }

void Monitor::answered(bool from_server, bool busy) {
  if (!from_server) return hear({.kind = Sign::Kind::stranger});
  hear({.kind = busy ? Sign::Kind::busy : Sign::Kind::answer});
}

void Monitor::unreachable() { hear({.kind = Sign::Kind::unreachable}); }

void Monitor::intercepted() { hear({.kind = Sign::Kind::intercepted}); }

void Monitor::connected_to(const std::string& address) {
  if (!parts_.source) return;
  {
    const std::lock_guard lock(mutex_);
    if (address_ == address) return;
    address_ = address;
  }
  parts_.source->learned_address(parts_.host, address);
  read_route(false);
}

void Monitor::set_network(Path hint) { hear({.kind = Sign::Kind::host, .host = hint}); }

void Monitor::ask() { hear({.kind = Sign::Kind::asked}); }

void Monitor::look() { read_route(false); }

void Monitor::watch(bool work_waits) {
  if (parts_.source) parts_.source->watch(work_waits);
}

queue::Network Monitor::network() {
  const Time now = parts_.clock->now();
  const std::lock_guard lock(mutex_);
  bring_into_reach(state_, now, parts_.spread);
  return state_.network();
}

Path Monitor::path() const {
  const std::lock_guard lock(mutex_);
  return state_.path;
}

ServerState Monitor::server() const {
  const std::lock_guard lock(mutex_);
  return state_.server;
}

void Monitor::hear(const Sign& sign) { tell(take(sign)); }

MonitorChange Monitor::take(const Sign& sign) {
  const Time now = parts_.clock->now();
  const std::lock_guard lock(mutex_);
  const double chance = may_come_back(state_) ? as_chance(parts_.random()) : 0;
  const PathState before = std::exchange(state_, reduce(state_, sign, now, parts_.spread, chance));
  return {.path = before.path != state_.path,
          .server = before.server != state_.server,
          .came_back = state_.up_at && before.up_at != state_.up_at};
}

void Monitor::tell(const MonitorChange& change) const {
  const bool news = change.path || change.server || change.came_back || change.network;
  if (news && parts_.changed) parts_.changed(change);
}

void Monitor::read_route(bool from_system) {
  if (!parts_.source || parts_.host.empty()) return;
  MonitorChange change;
  {
    const std::lock_guard reading(route_mutex_);
    change =
        take({.kind = Sign::Kind::route, .route = parts_.source->route(parts_.host, parts_.port)});
  }
  if (from_system && path() == Path::captive) {
    take({.kind = Sign::Kind::asked});  // another network, or the same one after a sign-in
    change.came_back = true;
  }
  change.network = from_system;
  tell(change);
}

}  // namespace lodge::client
