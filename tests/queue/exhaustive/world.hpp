#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "queue/answer/settle.hpp"
#include "queue/schedule/plan.hpp"
#include "support/delivery_cases.hpp"

// Everything there is in the exploration: rows as the store keeps them, requests on the wire, two
// records at a server. Plain values: a copy is another world.
namespace lodge::test {

enum RecordName : std::uint8_t { record_a, record_b };

/// A submission with its texts, as the store would hand it out.
struct Row {
  storage::Due due{};
  queue::Texts texts{};
  RecordName record = record_a;
  int place = 0;
  bool open = false;  ///< an attempt is under way
  int lost = 0;       ///< attempts in a row whose process died
  // What truly happened, which no row knows.
  int effects = 0;     ///< times that a request of it changed the server's record
  bool shown = false;  ///< the server's record once said what it says
};

/// A record as the store knows it.
struct Known {
  Presence presence = Presence::unknown;
  std::optional<Version> version{};
  std::optional<std::string> text{};
};

/// A request that left, and what comes back.
struct Flight {
  int row = 0;
  Step step = Step::send;
  int attempt = 0;
  bool old = false;  ///< of a flusher that was taken over
  storage::Due due{};
  queue::Texts texts{};
  Request request{};
  std::optional<Reply> reply{};  ///< it arrived, and this was answered
};

/// A record at the server.
struct Held {
  std::optional<nlohmann::json> document{};
  int version = 0;
  [[nodiscard]] std::string tag() const { return "\"v" + std::to_string(version) + '"'; }
};

struct World {
  Time now = noon;
  std::vector<Row> rows{};
  std::array<Known, 2> known{};
  std::vector<storage::Gate> gates{};
  std::array<queue::Refusals, 2> refusals{};
  queue::Failures failures{};
  std::vector<Flight> flights{};
  int attempts = 0;
  int epoch = 1;
  // The server, and what it was sent.
  std::array<Held, 2> server{};
  std::map<std::string, std::pair<std::string, Reply>> answered{};  ///< by key: bytes, answer
  std::map<std::string, std::string> bytes_of_key{};
  bool forgot = false;   ///< the keys, once
  int edits = 0;         ///< by somebody else
  std::string broken{};  ///< the first promise that did not hold
};

/// What the exploration starts from; each varies who has written what.
struct Scenario {
  const char* name = "";
  bool follower_removes = false;
  ConflictPolicy policy = ConflictPolicy::ask;
  int failed = 0;  ///< other records that met failure just before
  int submitted = 0;  ///< of the three forms, before the first event
  int depth = 6;      ///< events of a sequence
  int large_depth = 7;
};

World begin(const Scenario& scenario);
/// Submits the next of the three forms: A1 (changes record a), A2 (follows it), B1 (creates b).
void submit(World& world, const Scenario& scenario);

/// All that decides what may come, as bytes; equal ones are one state.
std::string signature(const World& world);

/// The first promise that this world breaks; empty: none.
std::string broken_promise(const World& world, const queue::Profile& profile);

}  // namespace lodge::test
