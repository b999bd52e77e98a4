#include "client/network/network_polling.hpp"

#include <atomic>

#include "client/process/os_support.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::test;
using lodge::client::PollingNetworkSource;
using std::chrono::milliseconds;

namespace {

struct FakeNetwork {
  std::atomic<std::uint64_t> state = 1;
  CallCount looks;
  PollingNetworkSource::Fingerprint fingerprint = [this] {
    looks.add();
    return state.load();
  };
};

}  // namespace

TEST_CASE("the polling source does not look while nothing waits") {
  FakeNetwork network;
  PollingNetworkSource source(milliseconds(1), network.fingerprint);
  const int at_start = network.looks.now();
  CHECK_FALSE(network.looks.reaches(at_start + 1, quiet));
}

TEST_CASE("N16: the polling source finds a change while work waits, and stops looking afterwards",
          "[N16]") {
  FakeNetwork network;
  CallCount changes;
  PollingNetworkSource source(milliseconds(1), network.fingerprint);
  source.on_change([&] { changes.add(); });
  source.watch(true);
  CHECK(network.looks.reaches(5));
  CHECK(changes.now() == 0);
  network.state = 2;
  CHECK(changes.reaches(1));
  CHECK_FALSE(changes.reaches(2, milliseconds(20)));

  source.watch(false);
  // At most one look was under way.
  const int after = network.looks.now() + 1;
  CHECK_FALSE(network.looks.reaches(after + 1, quiet));
}

TEST_CASE("what changed while nobody waited is told as soon as work waits") {
  FakeNetwork network;
  CallCount changes;
  PollingNetworkSource source(std::chrono::hours(1), network.fingerprint);
  source.on_change([&] { changes.add(); });
  network.state = 2;
  source.watch(true);
  CHECK(changes.reaches(1));
}

TEST_CASE("the fingerprint of the network changes with its links") {
  const auto said = complaint_of_child([]() -> std::string {
    if (!enter_network_namespace()) return no_namespace;
    Complaints complaints;
    const auto down = client::network_fingerprint();
    complaints.expect(client::network_fingerprint() == down, "it changes by itself");
    set_loopback(true);
    complaints.expect(client::network_fingerprint() != down, "it misses loopback");
    CallCount changes;
    PollingNetworkSource source(milliseconds(1));
    source.on_change([&] { changes.add(); });
    source.watch(true);
    set_loopback(false);
    complaints.expect(changes.reaches(1), "no call");
    complaints.expect(source.route("127.0.0.1", 80) == Route::none, "a route");
    return complaints.text();
  });
  if (said == no_namespace) {
    WARN(no_namespace);
  } else {
    CHECK(said == "");
  }
}
