// Clocks that lie.

#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto minute = std::chrono::minutes(1);
constexpr auto hour = std::chrono::hours(1);
constexpr auto year = std::chrono::hours(24 * 365);

Reply lost() { return Reply{.error = TransportError::cut, .departures = 1}; }

TEST_CASE("C1: a clock a year ahead expires nothing, gives no key up and makes no burst", "[C1]") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return lost(); };
  kiosk.open();
  const Submission doubted = kiosk.file(ada, {{"x", 1}});
  kiosk.run(minute);
  for (int i = 0; i < 20; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  Draft draft = kiosk.client->edit({"f", "draft"});
  draft.content["text"] = "half a word";
  kiosk.client->save(draft);
  std::string key(header(kiosk.seen.at(0).headers, "Idempotency-Key").value());
  std::erase(key, '"');

  kiosk.clock->set(kiosk.clock->now() + year);
  kiosk.weather = [](const Request&) { return test::answer(503, {{"Retry-After", "600"}}); };
  const std::size_t before = kiosk.seen.size();
  kiosk.run(hour);
  // One busy origin, asked by probes; not twenty-one forms at once, again and again.
  CHECK(kiosk.seen.size() - before <= 21 + 6);
  kiosk.weather = {};
  kiosk.run(hour);
  CHECK(kiosk.client->status().waiting() == 0);
  CHECK(state_of(*kiosk.client, doubted.id) == "delivered");
  CHECK(kiosk.server.ledger().of_key(key).size() == 1);
  CHECK(kiosk.server.ledger().effects().size() == 21);
  CHECK(kiosk.client->edit({"f", "draft"}).content["text"] == "half a word");
}

TEST_CASE("C2: a start in 1970, and a clock set back by a day, keep nobody waiting", "[C2]") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::no_connection(); };
  kiosk.open();
  const Submission first = kiosk.file(ada, {{"x", 1}});
  kiosk.run(minute);
  kiosk.clock->set(Time{});
  kiosk.weather = {};
  kiosk.open();
  const Submission second = kiosk.file({"f", "1970"}, {{"x", 2}});
  kiosk.run(hour);
  CHECK(state_of(*kiosk.client, first.id) == "delivered");
  CHECK(state_of(*kiosk.client, second.id) == "delivered");
}

TEST_CASE("C5: where time runs back, history keeps its order and both times as seen", "[C5]") {
  Kiosk kiosk;
  kiosk.open();
  const Time noon = kiosk.clock->now();
  kiosk.file(ada, {{"x", 1}});
  kiosk.clock->set(noon - 24 * hour);
  kiosk.file(ada, {{"x", 2}});
  const auto entries = kiosk.client->history({.record = ada, .limit = 100});
  std::vector<Time> submitted;
  std::int64_t last = 0;
  for (const HistoryEntry& entry : entries) {
    CHECK(entry.number > last);
    last = entry.number;
    if (entry.action == "submitted") submitted.push_back(entry.at);
  }
  CHECK(submitted == std::vector<Time>{noon, noon - 24 * hour});
  CHECK(kiosk.client->verify_history().intact);
  kiosk.run(hour);
  CHECK(kiosk.client->status().waiting() == 0);
  CHECK(kiosk.client->verify_history().intact);
}

}  // namespace
}  // namespace lodge
