#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::expect_refusal;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

Options moved(Kiosk& kiosk, bool adopt) {
  Options options = kiosk.options();
  options.endpoint = "http://127.0.0.1:9090/v1";
  options.adopt_endpoint = adopt;
  return options;
}

TEST_CASE("another endpoint is refused while forms are under way, and the store is as it was") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", 1}});
  const std::string before = test::holdings(*kiosk.client);
  kiosk.client.reset();
  expect_refusal("endpoint_changed", [&] { Client client(moved(kiosk, false)); });
  CHECK(test::holdings(kiosk.open()) == before);
  CHECK(kiosk.client->drain(second));
  kiosk.client.reset();
  CHECK(test::code_of([&] { Client client(moved(kiosk, false)); }) == "none");
}

TEST_CASE("an adopted endpoint gets what was never sent, and is asked about what may have been") {
  Kiosk kiosk;
  kiosk.weather = [](const Request& request) -> Reply {
    if (request.url.find("sent") != std::string::npos) {
      return {.error = TransportError::timeout, .departures = 1};
    }
    return test::no_connection();
  };
  kiosk.open();
  const Submission sent = kiosk.file({"f", "sent"}, {{"x", 1}});
  kiosk.client->step();
  kiosk.client->step();
  REQUIRE(state_of(*kiosk.client, sent.id) == "unconfirmed");
  const Submission waiting = kiosk.file({"f", "waiting"}, {{"x", 2}});
  kiosk.client.reset();
  kiosk.weather = {};
  kiosk.seen.clear();
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, sent.id) == "delivered");
  CHECK(state_of(*kiosk.client, waiting.id) == "delivered");
  bool first = true;
  for (const Request& request : kiosk.seen) {
    CHECK(request.url.starts_with("http://127.0.0.1:9090/"));
    if (request.url.find("sent") == std::string::npos) continue;
    if (first) CHECK(request.method == Method::get);
    first = false;
  }
}

TEST_CASE("versions of the endpoint before are not named to an adopted one") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", 1}});
  kiosk.client->drain(second);
  Draft draft = kiosk.client->edit(ada);
  draft.content["x"] = 2;
  const Submission update = kiosk.client->submit(draft);
  kiosk.client.reset();
  kiosk.seen.clear();
  kiosk.server = demo::FormsServer();
  kiosk.server.edit(ada, {{"x", 1}}, kiosk.clock->now());
  const std::string tag = *kiosk.server.find(ada)->tag;
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, update.id) == "delivered");
  for (const Request& request : kiosk.seen) {
    CHECK(header(request.headers, "If-Match").value_or(tag) == tag);
  }
}

TEST_CASE("a removal that was never sent asks an adopted endpoint first") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", 1}});
  kiosk.client->drain(second);
  kiosk.client->remove(ada);
  kiosk.client.reset();
  kiosk.seen.clear();
  kiosk.server = demo::FormsServer();
  kiosk.server.edit(ada, {{"x", 2}}, kiosk.clock->now());
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  REQUIRE_FALSE(kiosk.seen.empty());
  CHECK(kiosk.seen.front().method == Method::get);
  CHECK(kiosk.server.find(ada));
}

TEST_CASE("P5: what the endpoint before accepted is not believed of an adopted one", "[P5]") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"x", 1}}, kiosk.clock->now());
  kiosk.weather = [](const Request& request) -> std::optional<Reply> {
    if (request.method == Method::put) return test::answer(202);
    return std::nullopt;
  };
  kiosk.open();
  kiosk.client->refresh(ada);
  Draft draft = kiosk.client->edit(ada);
  draft.content["x"] = 2;
  const Submission update = kiosk.client->submit(draft);
  kiosk.client->step();
  kiosk.client->step();
  REQUIRE(state_of(*kiosk.client, update.id) == "unconfirmed");
  kiosk.client.reset();
  kiosk.weather = {};
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, update.id) == "delivered");
  CHECK(*kiosk.server.ledger().of_record(ada).back()->body == R"({"x":2})");
}

}  // namespace
}  // namespace lodge
