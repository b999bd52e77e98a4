#include <set>

#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);
constexpr auto hour = std::chrono::hours(1);

TEST_CASE("F2: a server that is down for 8 hours is asked now and then, and not stormed afterwards",
          "[F2]") {
  Kiosk kiosk;
  bool down = true;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (down) return test::no_connection();
    return std::nullopt;
  };
  kiosk.open();
  for (int i = 0; i < 100; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  kiosk.run(8 * hour);
  // A pass of forms at first, then one probe per back-off of at most 15 minutes.
  CHECK(kiosk.seen.size() >= 32);
  CHECK(kiosk.seen.size() <= 200);
  CHECK(kiosk.client->status().server == ServerState::unreachable);
  down = false;
  kiosk.seen.clear();
  kiosk.run(16 * minute);
  CHECK(kiosk.client->status().count(State::delivered) == 100);
  CHECK(kiosk.seen.size() == 100);
}

TEST_CASE("N14: a link that flaps ten times a second does not make a storm", "[N14]") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::no_connection(); };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  for (int i = 0; i < 300; ++i) {
    kiosk.client->set_network(i % 2 == 0 ? Path::offline : Path::online);
    kiosk.run(std::chrono::milliseconds(100));
  }
  CHECK(kiosk.seen.size() <= 35);
  kiosk.weather = {};
  kiosk.client->set_network(Path::online);
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
}

TEST_CASE("N16: without any word from the system the timer alone empties the outbox", "[N16]") {
  Kiosk kiosk;
  bool down = true;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (down) return Reply{.error = TransportError::resolve};
    return std::nullopt;
  };
  kiosk.open();
  for (int i = 0; i < 20; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  kiosk.run(3 * hour);
  down = false;
  kiosk.run(16 * minute);
  CHECK(kiosk.client->status().waiting() == 0);
}

TEST_CASE("N22: a server restored from yesterday's backup is asked about, not overwritten",
          "[N22]") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", "yesterday"}});
  REQUIRE(kiosk.client->drain(second));
  const std::string backup = kiosk.server.serialise();
  kiosk.file(ada, {{"x", "today"}});
  REQUIRE(kiosk.client->drain(second));
  kiosk.server = demo::FormsServer::restore({}, backup);
  const Submission update = kiosk.file(ada, {{"x", "tomorrow"}});
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, update.id) == "conflicted");
  CHECK(json::parse(*kiosk.server.find(ada)->content)["x"] == "yesterday");
  const Conflict conflict = kiosk.client->conflicts().at(0);
  CHECK((*conflict.base)["x"] == "today");
  CHECK((*conflict.theirs)["x"] == "yesterday");
}

TEST_CASE("N23: an answer lost, three weeks offline, the key forgotten: still one effect",
          "[N23]") {
  Kiosk kiosk;
  bool away = false;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (away) return test::no_connection();
    away = true;
    kiosk.server.handle(request, kiosk.clock->now());
    return Reply{.error = TransportError::cut, .departures = 1};
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(std::chrono::days(21));
  CHECK(state_of(*kiosk.client, submission.id) == "unconfirmed");
  kiosk.server.forget_keys();
  kiosk.weather = {};
  kiosk.open();
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("N23: and somebody else's edit meanwhile is not undone", "[N23]") {
  Kiosk kiosk;
  bool away = false;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (away) return test::no_connection();
    away = true;
    kiosk.server.handle(request, kiosk.clock->now());
    return Reply{.error = TransportError::cut, .departures = 1};
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}, {"y", 1}});
  kiosk.run(hour);
  kiosk.server.edit(ada, {{"x", 1}, {"y", 2}}, kiosk.clock->now());
  kiosk.server.forget_keys();
  kiosk.weather = {};
  kiosk.run(16 * minute);
  CHECK(json::parse(*kiosk.server.find(ada)->content)["y"] == 2);
  CHECK(state_of(*kiosk.client, submission.id) != "pending");
}

TEST_CASE("N6: 422 for a reused key is looked into, and one fresh key is tried and no other",
          "[N6]") {
  Kiosk kiosk;
  std::set<std::string> keys;
  std::size_t looks = 0;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (request.method == Method::get) ++looks;
    if (request.method != Method::put) return std::nullopt;
    keys.insert(std::string(header(request.headers, "Idempotency-Key").value_or("")));
    return test::answer(
        422, {{"Content-Type", "application/problem+json"}},
        R"({"type":"https://example.org/idempotency-key-reused","title":"Idempotency-Key is already used"})");
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(hour);
  CHECK(state_of(*kiosk.client, submission.id) == "rejected");
  CHECK(looks == 2);
  CHECK(keys.size() == 2);  // one fresh key, after a look that found nothing there
  CHECK(kiosk.server.ledger().effects().empty());
  const std::string words = kiosk.client->explain(submission.id).words;
  CHECK(words.find("Idempotency-Key is already used") != std::string::npos);

  // A person's word begins anew, as often as it is given.
  for (std::size_t round = 2; round < 5; ++round) {
    kiosk.client->retry(submission.id);
    kiosk.run(hour);
    CHECK(state_of(*kiosk.client, submission.id) == "rejected");
    CHECK(keys.size() == round + 1);
  }
  kiosk.weather = {};
  kiosk.client->retry(submission.id);
  kiosk.run(hour);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("N5: a key that is in progress is tried again, a version is looked into", "[N5]") {
  Kiosk kiosk;
  int busy = 0;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (busy++ >= 3) return std::nullopt;
    return test::answer(409, {{"Content-Type", "application/problem+json"}},
                        R"({"title":"A request is outstanding for this Idempotency-Key"})");
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(hour);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
  for (const Request& request : kiosk.seen) CHECK(request.method == Method::put);
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("a clock that jumps back a year keeps nobody waiting for a year") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) { return test::answer(503, {{"Retry-After", "600"}}); };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.run(minute);
  kiosk.weather = {};
  kiosk.clock->advance(-std::chrono::days(365));
  kiosk.run(2 * hour);
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
}

}  // namespace
}  // namespace lodge
