#ifdef __linux__

#include <cstdio>

#include "client/live_server.hpp"
#include "client/process/os_support.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

// Real outages: a whole client with libcurl and the reference server in a network namespace of
// their own, whose link goes down and up.

namespace lodge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::Complaints;
using test::live_options;
using test::LiveServer;
using test::TemporaryFolder;

/// The server can only be bound while the link is up.
struct Place {
  bool up = test::set_loopback(true);
  LiveServer server{};
  TemporaryFolder folder{};

  Options options() { return live_options(folder, server.endpoint()); }
};

void in_namespace(const std::function<void(Complaints&)>& body) {
  const auto said = test::complaint_of_child([&]() -> std::string {
    if (!test::enter_network_namespace()) return test::no_namespace;
    Complaints complaints;
    body(complaints);
    return complaints.text();
  });
  if (said == test::no_namespace) {
    WARN("SKIPPED: " << test::no_namespace);
    return;
  }
  CHECK(said == "");
}

SubmissionId submit(Client& client, const std::string& key, int number) {
  return test::file(client, {"f", key}, {{"n", number}}).id;
}

/// Waits for the events of the client until it says that path.
bool path_becomes(Client& client, Path path) {
  test::CallCount events;
  const auto subscription = client.on_event([&](const Event&) { events.add(); });
  for (;;) {
    const int seen = events.now();
    if (client.status().path == path) return true;
    if (!events.reaches(seen + 1)) return false;
  }
}

double ms_since(steady_clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begun).count();
}

TEST_CASE("N15: forms filed while the link is down go when it is up, without a poll", "[N15]") {
  in_namespace([](Complaints& complaints) {
    Place place;
    Client client(place.options());
    double longest = 0;
    const int outages = test::is_large() ? 200 : 5;
    for (int outage = 1; outage <= outages; ++outage) {
      test::set_loopback(false);
      complaints.expect(path_becomes(client, Path::offline), "not offline");
      const auto id = submit(client, "a" + std::to_string(outage), outage);
      const auto before = place.server.requests();
      // It may be the one probe of 15 minutes, and then meets nobody.
      const auto reason = client.explain(id).hold.reason;
      complaints.expect(reason != HoldReason::settled,
                        "delivered without a link: " + std::string(name(reason)));
      complaints.expect(place.server.requests() == before, "sent into the void");
      test::set_loopback(true);
      const auto begun = steady_clock::now();
      // Nobody asks: the next probe of its own would come in 15 minutes.
      complaints.expect(place.server.wait_for_requests(before + 1), "not sent");
      longest = std::max(longest, ms_since(begun));
      complaints.expect(client.drain(std::chrono::seconds(20)), "not delivered");
    }
    complaints.expect(longest < 10'000, "too late");
    complaints.expect(place.server.effects() == static_cast<std::size_t>(outages), "effects");
    complaints.expect(place.server.doubled() == 0, "doubled");
    std::printf("link up to request: longest of %d outages %.0f ms\n", outages, longest);
    std::fflush(stdout);
  });
}

TEST_CASE("N14: under a link that flaps ten times a second nothing storms, doubles or is lost",
          "[N14]") {
  in_namespace([](Complaints& complaints) {
    Place place;
    Client client(place.options());
    constexpr int forms = 10;
    const int flaps = test::is_large() ? 600 : 20;
    for (int flap = 0; flap < flaps; ++flap) {
      test::set_loopback(flap % 2 != 0);
      if (flap < forms) submit(client, std::to_string(flap), flap);
      test::stay_idle_for(milliseconds(50));
    }
    test::set_loopback(true);
    complaints.expect(client.drain(std::chrono::seconds(60)), "not delivered");
    complaints.expect(place.server.effects() == forms, "effects");
    complaints.expect(place.server.doubled() == 0, "doubled");
    // Each form, and now and then a probe or a repeat whose answer was lost.
    complaints.expect(place.server.requests() <= forms + static_cast<std::uint64_t>(flaps),
                      "a storm: " + std::to_string(place.server.requests()));
  });
}

TEST_CASE("N1: a link that goes down between a form and its answer: delivered once", "[N1]") {
  in_namespace([](Complaints& complaints) {
    Place place;
    Client client(place.options());
    place.server.set_weather(demo::Delivery::drop_after);
    submit(client, "a", 1);
    complaints.expect(place.server.wait_for_requests(1), "not sent");
    test::set_loopback(false);
    place.server.set_weather(demo::Delivery::answer);
    complaints.expect(path_becomes(client, Path::offline), "not offline");
    test::set_loopback(true);
    complaints.expect(client.drain(std::chrono::seconds(30)), "not delivered");
    complaints.expect(place.server.effects() == 1, "effects");
    complaints.expect(place.server.doubled() == 0, "doubled");
  });
}

TEST_CASE("N15: with a route that leads nowhere the form is held as unreachable", "[N15]") {
  in_namespace([](Complaints& complaints) {
    test::set_loopback(true);
    if (!test::succeeds("ip link add kiosk type veth peer name desk 2>/dev/null"))
      return complaints.expect(false, test::no_namespace);
    complaints.expect(test::succeeds("ip addr add 10.9.0.1/24 dev kiosk && ip link set kiosk up && "
                                     "ip link set desk up"),
                      "cannot set up the link");
    TemporaryFolder folder;
    Options options = live_options(folder, "http://10.9.0.7:8080/v1");
    options.allow_plain_http = true;
    options.connect_timeout = milliseconds(200);
    Client client(options);
    test::CallCount holds;
    const auto events = client.on_event([&](const Event& event) {
      if (event.kind == EventKind::hold_changed) holds.add();
    });
    const auto id = submit(client, "a", 1);
    complaints.expect(holds.reaches(1), "no hold");
    const Explanation why = client.explain(id);
    complaints.expect(name(why.hold.reason) == "unreachable", std::string(name(why.hold.reason)));
    complaints.expect(client.status().path != Path::offline, "a route counts as none");
  });
}

}  // namespace
}  // namespace lodge

#endif
