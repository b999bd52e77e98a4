#pragma once

#include <functional>
#include <memory>
#include <string>

#include "demo/server/forms_server.hpp"
#include "lodge/client.hpp"
#include "support/memory_transport.hpp"
#include "support/temporary_folder.hpp"
#include "support/virtual_clock.hpp"

namespace lodge::test {

/// A kiosk on a virtual clock: a client without threads, an in-memory wire and the reference
/// server.
struct Kiosk {
  TemporaryFolder folder{};
  std::shared_ptr<VirtualClock> clock = std::make_shared<VirtualClock>();
  demo::FormsServer server{};
  /// What the wire does to a request; empty: the server answers.
  std::function<std::optional<Reply>(const Request&)> weather{};
  std::vector<Request> seen{};
  std::uint64_t seed = 1;
  std::shared_ptr<MemoryTransport> wire =
      std::make_shared<MemoryTransport>([this](const Request& r) {
        seen.push_back(r);
        if (weather) {
          if (auto reply = weather(r)) return *reply;
        }
        return server.handle(r, clock->now());
      });
  std::unique_ptr<Client> client{};

  Options options() {
    Options options;
    options.store = folder / "kiosk.lodge";
    options.endpoint = "http://127.0.0.1:8080/v1";
    options.threads = false;
    options.clock = clock;
    options.transport = wire;
    options.random = [this] {
      seed += 0x9e3779b97f4a7c15ULL;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      return z ^ (z >> 31);
    };
    return options;
  }

  Client& open() {
    client.reset();
    client = std::make_unique<Client>(options());
    return *client;
  }

  /// Steps through virtual time until `span` has passed.
  void run(Duration span) {
    const Time end = clock->now() + span;
    for (;;) {
      const auto next = client->step();
      if (!next || *next > end) break;
      if (*next > clock->now()) clock->set(*next);
    }
    clock->set(end);
    client->step();
  }

  Submission file(const RecordId& record, const nlohmann::json& content) {
    Draft draft = client->edit(record);
    draft.content = content;
    return client->submit(draft);
  }
};

inline const RecordId ada{"availability", "ada@example.org"};

}  // namespace lodge::test
