#include <utility>

#include "client/client_impl.hpp"

namespace lodge {

void Client::Impl::note(Event event) {
  const std::lock_guard lock(noted_mutex);
  noted.push_back(std::move(event));
}

bool Client::Impl::note_first_news() {
  const std::lock_guard lock(noted_mutex);
  if (!first_news) return false;
  noted.push_back(*std::exchange(first_news, std::nullopt));
  return true;
}

// Calls that are committing right now note their events first.
void Client::Impl::publish_noted() {
  order.settle();
  std::vector<Event> events;
  {
    const std::lock_guard lock(noted_mutex);
    events = std::exchange(noted, {});
  }
  if (!events.empty()) bus.publish(std::move(events));
}

void Client::Impl::publish(std::vector<Event> events) {
  publish_noted();
  bus.publish(std::move(events));
}

void Client::Impl::network_changed(const client::MonitorChange& change) {
  if (change.path) {
    const Path path = monitor->path();
    note({.kind = EventKind::network_changed,
          .at = clock->now(),
          .path = path,
          .words = "the way to the server is now " + std::string(name(path))});
  }
  if (change.network) connections_stale = true;
  if (change.came_back) came_back = true;
  worker->wake();
}

void Client::Impl::log(LogLine line) const {
  if (!options.log) return;
  try {
    options.log(line);
  } catch (...) {
    // A host's log that throws must not stop a delivery.
  }
}

}  // namespace lodge
