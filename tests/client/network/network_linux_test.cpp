#ifdef __linux__

#include "client/network/network_linux.hpp"

#include <future>
#include <stdexcept>

#include "client/process/os_support.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::test;
using lodge::client::LinuxNetworkSource;
using std::chrono::milliseconds;

namespace {

// On a busy machine the messages of one change may come far apart.
constexpr client::SettleTimes patient{milliseconds(100), std::chrono::seconds(5)};

// Runs `body` in a network namespace of its own, in a child.
void in_network_namespace(const std::function<void(Complaints&)>& body) {
  const auto said = complaint_of_child([&]() -> std::string {
    if (!enter_network_namespace()) return no_namespace;
    Complaints complaints;
    body(complaints);
    return complaints.text();
  });
  if (said == no_namespace) {
    WARN(no_namespace);
    return;
  }
  CHECK(said == "");
}

// The count once no call came for a while. On a busy machine one change may be told in parts.
int settled(const CallCount& changes) {
  int count = changes.now();
  while (changes.reaches(count + 1, 3 * quiet)) count = changes.now();
  return count;
}

// Waits for the calls that tell of it until the route is that.
bool turns(LinuxNetworkSource& source, const CallCount& changes, const char* host, Route route) {
  for (;;) {
    const int seen = changes.now();
    if (source.route(host, 443) == route) return true;
    if (!changes.reaches(seen + 1)) return false;
  }
}

}  // namespace

TEST_CASE("N15: loopback down is no route, and its coming up is one change", "[N15]") {
  in_network_namespace([](Complaints& complaints) {
    CallCount changes;
    LinuxNetworkSource source(patient);
    source.on_change([&] { changes.add(); });
    for (const char* host : {"127.0.0.1", "localhost", "::1", "[::1]", "kiosk.localhost"}) {
      complaints.expect(source.route(host, 8080) == Route::none, std::string(host) + " while down");
    }
    complaints.expect(set_loopback(true), "cannot bring loopback up");
    complaints.expect(changes.reaches(1), "no call when it came up");
    for (const char* host : {"127.0.0.1", "localhost", "LOCALHOST.", "kiosk.localhost"}) {
      complaints.expect(source.route(host, 8080) == Route::exists, std::string(host) + " while up");
    }
    const int up = settled(changes);
    complaints.expect(set_loopback(false), "cannot bring loopback down");
    complaints.expect(changes.reaches(up + 1), "no call when it went down");
    complaints.expect(source.route("127.0.0.1", 8080) == Route::none, "a route after down");
    complaints.expect(settled(changes) <= 6, "a call for each message");
  });
}

TEST_CASE("N14: a link that flaps is one change", "[N14]") {
  in_network_namespace([](Complaints& complaints) {
    CallCount changes;
    LinuxNetworkSource source(patient);
    source.on_change([&] { changes.add(); });
    for (int i = 0; i < 20; ++i) set_loopback(i % 2 == 0);
    complaints.expect(changes.reaches(1), "no call");
    complaints.expect(settled(changes) <= 5, "a call for each flap");
  });
}

TEST_CASE("more messages than the kernel keeps are one change, and the next is heard too") {
  in_network_namespace([](Complaints& complaints) {
    CallCount changes;
    std::promise<void> flooded;
    LinuxNetworkSource source(patient);
    source.on_change([&, wait = flooded.get_future().share()] {
      changes.add();
      wait.wait();
    });
    set_loopback(true);
    complaints.expect(changes.reaches(1), "no first call");
    for (int i = 0; i < 2000; ++i) set_loopback(i % 2 != 0);
    flooded.set_value();
    complaints.expect(changes.reaches(2), "no call for the flood");
    const int after = settled(changes);
    complaints.expect(after <= 10, "as many calls as messages");
    set_loopback(false);
    complaints.expect(changes.reaches(after + 1), "deaf after the flood");
  });
}

TEST_CASE("without a network a host's name is unknown, an address has no route") {
  in_network_namespace([](Complaints& complaints) {
    set_loopback(true);
    LinuxNetworkSource source;
    complaints.expect(source.route("forms.example.org", 443) == Route::unknown, "name");
    complaints.expect(source.route("203.0.113.9", 443) == Route::none, "IPv4");
    complaints.expect(source.route("2001:db8:1::9", 443) == Route::none, "IPv6");
    source.learned_address("forms.example.org", "203.0.113.9");
    complaints.expect(source.route("FORMS.example.org", 443) == Route::none, "learned");
  });
}

TEST_CASE("N15: on a network without a way out, hosts on it have a route and others none",
          "[N15]") {
  in_network_namespace([](Complaints& complaints) {
    set_loopback(true);
    if (!succeeds("ip link add kiosk type veth peer name desk 2>/dev/null"))
      return complaints.expect(false, no_namespace);
    complaints.expect(succeeds("ip addr add 10.9.0.1/24 dev kiosk && ip link set kiosk up && "
                               "ip link set desk up"),
                      "cannot set up the link");
    LinuxNetworkSource source(patient);
    CallCount changes;
    source.on_change([&] { changes.add(); });
    source.learned_address("near.example.org", "10.9.0.7");
    source.learned_address("far.example.org", "203.0.113.9");
    complaints.expect(turns(source, changes, "10.9.0.2", Route::exists), "near address");
    complaints.expect(source.route("203.0.113.9", 443) == Route::none, "far address");
    complaints.expect(source.route("near.example.org", 443) == Route::exists, "near name");
    complaints.expect(source.route("far.example.org", 443) == Route::none, "far name");
    complaints.expect(source.route("new.example.org", 443) == Route::exists, "unlearned name");

    complaints.expect(succeeds("ip route add default via 10.9.0.254"), "cannot add the route");
    complaints.expect(turns(source, changes, "far.example.org", Route::exists), "default route");
    set_loopback(false);
    complaints.expect(source.route("127.0.0.1", 443) == Route::none,
                      "loopback by the default route");
  });
}

TEST_CASE("N15: an unplugged cable is no route though its addresses stay", "[N15]") {
  in_network_namespace([](Complaints& complaints) {
    if (!succeeds("ip link add kiosk type veth peer name desk 2>/dev/null"))
      return complaints.expect(false, no_namespace);
    complaints.expect(succeeds("ip addr add 10.9.0.1/24 dev kiosk && ip link set kiosk up && "
                               "ip link set desk up && ip route add default via 10.9.0.254"),
                      "cannot set up the link");
    LinuxNetworkSource source(patient);
    CallCount changes;
    source.on_change([&] { changes.add(); });
    complaints.expect(turns(source, changes, "10.9.0.2", Route::exists), "plugged in");
    complaints.expect(succeeds("ip link set desk down"), "cannot move the link");
    complaints.expect(turns(source, changes, "10.9.0.2", Route::none), "unplugged, near");
    complaints.expect(source.route("203.0.113.9", 443) == Route::none, "unplugged, far");
    complaints.expect(source.route("new.example.org", 443) == Route::unknown, "unplugged, name");
    complaints.expect(succeeds("ip link set desk up"), "cannot move the link");
    complaints.expect(turns(source, changes, "10.9.0.2", Route::exists), "plugged in again");
  });
}

TEST_CASE("a handler that was replaced or removed is not called again") {
  in_network_namespace([](Complaints& complaints) {
    CallCount first;
    CallCount second;
    LinuxNetworkSource source(patient);
    source.on_change([&] {
      first.add();
      source.on_change([&] { second.add(); });  // also from inside
    });
    set_loopback(true);
    complaints.expect(first.reaches(1), "first handler");
    set_loopback(false);
    complaints.expect(second.reaches(1), "second handler");
    source.on_change({});
    const int before = second.now();
    set_loopback(true);
    complaints.expect(!second.reaches(before + 1, 3 * quiet), "called after it was removed");
    complaints.expect(first.now() == 1, "called after it was replaced");
  });
}

TEST_CASE("a handler that throws does not end the source") {
  in_network_namespace([](Complaints& complaints) {
    CallCount changes;
    LinuxNetworkSource source(patient);
    source.on_change([&] {
      changes.add();
      throw std::runtime_error("no");
    });
    set_loopback(true);
    complaints.expect(changes.reaches(1), "first");
    set_loopback(false);
    complaints.expect(changes.reaches(2), "second");
  });
}

#endif
