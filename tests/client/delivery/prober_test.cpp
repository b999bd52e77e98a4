#include "client/client_fixture.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"

namespace lodge::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string health = "http://127.0.0.1:8080/health";

struct ProbedKiosk : Kiosk {
  std::function<Reply()> at_health = [] { return Reply{.status = 204, .loopback = true}; };
  Reply for_forms{};

  // The way is shut for forms and probes alike, until `weather` is empty.
  void shut(const Reply& reply) {
    at_health = [reply] { return reply; };
    for_forms = reply;
    weather = [this](const Request& request) -> std::optional<Reply> {
      return request.url == health ? at_health() : for_forms;
    };
  }
  // The way is open; the server has a page of its own for its health.
  void clear() {
    at_health = [] { return Reply{.status = 204, .loopback = true}; };
    weather = [this](const Request& request) -> std::optional<Reply> {
      if (request.url == health) return at_health();
      return std::nullopt;
    };
  }
  Client& open_probed() {
    Options given = options();
    given.probe_url = health;
    client = std::make_unique<Client>(std::move(given));
    return *client;
  }
  [[nodiscard]] auto probes() const {
    return std::ranges::count_if(seen, [](const Request& one) { return one.url == health; });
  }
};

Reply portal() {
  return {.status = 200,
          .headers = {{"Content-Type", "text/html"}},
          .body = "<html>Sign in</html>",
          .loopback = true};
}

Reply nobody() { return {.error = TransportError::connect}; }

}  // namespace

TEST_CASE("forms behind a portal go within a minute after it let the probe through") {
  ProbedKiosk kiosk;
  kiosk.shut(portal());
  kiosk.open_probed();
  const Submission form = kiosk.file(ada, {{"monday", "9-12"}});
  kiosk.run(minutes(20));
  CHECK(kiosk.client->submission(form.id)->state == State::unconfirmed);
  CHECK(kiosk.client->status().path == Path::captive);
  const auto before = kiosk.probes();
  CHECK(before >= 20);
  CHECK(before <= 60);
  kiosk.clear();
  kiosk.run(seconds(70));
  CHECK(kiosk.client->submission(form.id)->state == State::delivered);
  CHECK(kiosk.client->status().path == Path::online);
}

TEST_CASE("a server that does not answer is probed until it does, and then never") {
  ProbedKiosk kiosk;
  kiosk.shut(nobody());
  kiosk.open_probed();
  const Submission form = kiosk.file(ada, {{"monday", "9-12"}});
  kiosk.run(minutes(40));
  kiosk.clear();
  kiosk.run(seconds(70));
  CHECK(kiosk.client->submission(form.id)->state == State::delivered);
  const auto probes = kiosk.probes();
  kiosk.run(minutes(60));
  CHECK(kiosk.probes() == probes);
}

TEST_CASE("nothing is probed while no form waits, or while there is no link") {
  ProbedKiosk kiosk;
  kiosk.shut(nobody());
  kiosk.open_probed();
  kiosk.run(minutes(60));
  CHECK(kiosk.probes() == 0);
  kiosk.client->set_network(Path::offline);
  kiosk.file(ada, {{"monday", "9-12"}});
  kiosk.run(minutes(10));
  CHECK(kiosk.probes() == 0);
}

TEST_CASE("a probe carries no credentials") {
  ProbedKiosk kiosk;
  kiosk.shut(nobody());
  Options given = kiosk.options();
  given.probe_url = health;
  given.authorize = [](const Authorization&) {
    return std::vector<Header>{{"Authorization", "Bearer canary"}};
  };
  kiosk.client = std::make_unique<Client>(std::move(given));
  kiosk.file(ada, {{"monday", "9-12"}});
  kiosk.run(minutes(5));
  REQUIRE(kiosk.probes() > 0);
  for (const Request& request : kiosk.seen) {
    if (request.url == health) CHECK_FALSE(header(request.headers, "Authorization"));
  }
}

TEST_CASE("a probe's answer over plain http elsewhere lets one form try, and proves nothing") {
  ProbedKiosk kiosk;
  const Reply unproven{.status = 204};
  kiosk.shut(portal());
  kiosk.open_probed();
  const Submission form = kiosk.file(ada, {{"monday", "9-12"}});
  kiosk.run(minutes(1));
  kiosk.at_health = [unproven] { return unproven; };
  kiosk.run(minutes(20));
  CHECK(kiosk.client->submission(form.id)->state == State::unconfirmed);
}

TEST_CASE("where to probe is checked when the client is opened") {
  ProbedKiosk kiosk;
  Options given = kiosk.options();
  given.probe_url = "ftp://example.org/health";
  CHECK(code_of([&] { Client client(given); }) == "invalid_endpoint");
}

}  // namespace lodge::test
