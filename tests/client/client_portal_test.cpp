#include "client/client_case.hpp"

// Over plain http to another machine nobody's answer is proof; a portal must not cost more time
// than it is there.
namespace lodge {
namespace {

using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto minute = std::chrono::minutes(1);

Reply page() {
  return {.departures = 1,
          .status = 200,
          .headers = {{"Content-Type", "text/html"}},
          .body = "<html>Please sign in.</html>"};
}

struct PlainKiosk : Kiosk {
  bool portal = true;

  PlainKiosk() {
    weather = [this](const Request&) {
      return portal ? std::optional(page()) : std::optional<Reply>();
    };
    Options plain = options();
    plain.endpoint = "http://forms.example.org/v1";
    plain.allow_plain_http = true;
    client = std::make_unique<Client>(plain);
  }
};

TEST_CASE("over plain http a check follows its form at once when the portal is gone") {
  PlainKiosk kiosk;
  std::vector<Submission> forms;
  for (int i = 0; i < 4; ++i) forms.push_back(kiosk.file({"f", std::to_string(i)}, {{"x", i}}));
  kiosk.run(20 * minute);
  REQUIRE(kiosk.client->status().path == Path::captive);
  kiosk.portal = false;
  kiosk.run(16 * minute);
  for (const Submission& form : forms) CHECK(state_of(*kiosk.client, form.id) == "delivered");
  CHECK(kiosk.client->status().path == Path::online);
}

TEST_CASE("resume() probes at once where the network is believed to be a portal's") {
  PlainKiosk kiosk;
  const Submission form = kiosk.file(ada, {{"x", 1}});
  kiosk.run(3 * minute);
  REQUIRE(kiosk.client->status().path == Path::captive);
  kiosk.portal = false;
  kiosk.client->resume();
  kiosk.run(std::chrono::seconds(10));
  CHECK(state_of(*kiosk.client, form.id) == "delivered");
}

TEST_CASE("a conflict read over plain http shows that the portal is gone") {
  PlainKiosk kiosk;
  kiosk.portal = false;
  const Submission first = kiosk.file(ada, {{"x", 1}});
  const Submission other = kiosk.file({"f", "1"}, {{"x", 1}});
  kiosk.run(minute);
  REQUIRE(state_of(*kiosk.client, first.id) == "delivered");
  REQUIRE(state_of(*kiosk.client, other.id) == "delivered");
  kiosk.portal = true;
  const Submission overlapping = kiosk.file(ada, {{"x", 2}});
  kiosk.run(minute);
  REQUIRE(kiosk.client->status().path == Path::captive);
  kiosk.server.edit(ada, {{"x", 3}}, kiosk.clock->now());
  kiosk.portal = false;
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, overlapping.id) == "conflicted");
  CHECK(kiosk.client->status().path == Path::online);
}

}  // namespace
}  // namespace lodge
