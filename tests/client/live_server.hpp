#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "demo/server/forms_server.hpp"
#include "demo/server/listener.hpp"
#include "lodge/client.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::test {

inline Time wall_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

/// The reference server on a real loopback port. Threads: any.
class LiveServer {
 public:
  explicit LiveServer(demo::ServerRules rules = {}, std::uint16_t port = 0)
      : server_(std::move(rules)),
        listener_([this](const Request& request) { return handle(request); },
                  {.port = port, .weather = [this](const Request&) { return weather(); }}) {}
  ~LiveServer() { listener_.stop(); }
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  [[nodiscard]] std::string endpoint() const { return listener_.url() + "/v1"; }
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  void set_weather(demo::Delivery weather) {
    const std::lock_guard lock(mutex_);
    weather_ = weather;
  }
  std::size_t effects() {
    const std::lock_guard lock(mutex_);
    return server_.ledger().effects().size();
  }
  std::size_t doubled() {
    const std::lock_guard lock(mutex_);
    return server_.ledger().doubled_keys().size();
  }
  std::size_t effects_of(const RecordId& record) {
    const std::lock_guard lock(mutex_);
    return server_.ledger().of_record(record).size();
  }
  /// What took effect on a record, oldest first.
  std::vector<std::string> bodies_of(const RecordId& record) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> bodies;
    for (const demo::Effect* effect : server_.ledger().of_record(record)) {
      bodies.push_back(*effect->body);
    }
    return bodies;
  }
  std::string edit(const RecordId& record, const nlohmann::json& content) {
    const std::lock_guard lock(mutex_);
    return server_.edit(record, content, wall_now());
  }
  std::uint64_t requests() {
    const std::lock_guard lock(mutex_);
    return server_.ledger().tally.requests;
  }
  /// Waits (20 s at most) until so many requests were handled.
  bool wait_for_requests(std::uint64_t count) {
    std::unique_lock lock(mutex_);
    return handled_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return server_.ledger().tally.requests >= count; });
  }

 private:
  std::optional<Reply> handle(const Request& request) {
    const std::lock_guard lock(mutex_);
    Reply reply = server_.handle(request, wall_now());
    handled_.notify_all();
    return reply;
  }
  demo::Delivery weather() {
    const std::lock_guard lock(mutex_);
    return weather_;
  }

  std::mutex mutex_;
  std::condition_variable handled_;
  demo::FormsServer server_;
  demo::Delivery weather_ = demo::Delivery::answer;
  demo::Listener listener_;
};

/// A client as an application opens it: threads, the system's clock and network, curl.
inline Options live_options(const TemporaryFolder& folder, const std::string& endpoint) {
  Options options;
  options.store = folder / "kiosk.lodge";
  options.endpoint = endpoint;
  options.spread = std::chrono::milliseconds(0);
  return options;
}

inline Submission file(Client& client, const RecordId& record, const nlohmann::json& content) {
  Draft draft = client.edit(record);
  draft.content = content;
  return client.submit(draft);
}

}  // namespace lodge::test
