#ifdef __linux__

#include "client/network/network_linux.hpp"
#include "client/network/network_polling.hpp"
#include "client/process/flush_turn.hpp"
#include "client/process/os_support.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::test;
using lodge::client::FlushTurn;
using std::chrono::milliseconds;

namespace {

constexpr Time some_time{};

// The count once the threads are through with what came before.
long settled_switches(const std::string& name) {
  long before = switches_of_threads(name);
  for (int i = 0; i < 40; ++i) {
    stay_idle_for(milliseconds(50));
    const long after = switches_of_threads(name);
    if (after == before) break;
    before = after;
  }
  return before;
}

void expect_no_wakeups(Complaints& complaints, const std::string& name) {
  const long before = settled_switches(name);
  stay_idle_for(milliseconds(300));
  const long after = switches_of_threads(name);
  complaints.expect(before > 0, "no thread " + name);
  complaints.expect(after == before, name + " woke " + std::to_string(after - before) + " times");
}

}  // namespace

TEST_CASE("the network thread never wakes up while nothing changes", "[idle]") {
  const auto said = complaint_of_child([]() -> std::string {
    if (!enter_network_namespace()) return no_namespace;
    Complaints complaints;
    CallCount changes;
    client::LinuxNetworkSource source;
    source.on_change([&] { changes.add(); });
    set_loopback(true);
    complaints.expect(changes.reaches(1), "it is not awake");
    expect_no_wakeups(complaints, "lodge-network");
    return complaints.text();
  });
  if (said == no_namespace) {
    WARN(no_namespace);
  } else {
    CHECK(said == "");
  }
}

TEST_CASE("the polling network thread never wakes up while no work waits", "[idle]") {
  Complaints complaints;
  CallCount looks;
  client::PollingNetworkSource source(milliseconds(1), [&] {
    looks.add();
    return std::uint64_t{0};
  });
  source.watch(true);
  CHECK(looks.reaches(3));
  source.watch(false);
  expect_no_wakeups(complaints, "lodge-network");
  CHECK(complaints.text() == "");
}

TEST_CASE("neither the holder of the turn nor one who waits for it wakes up while nothing happens",
          "[idle]") {
  const OsFolder folder;
  Complaints complaints;
  CallCount bells;
  FlushTurn holder(folder / "store", [&] { bells.add(); });
  FlushTurn waiter(folder / "store", [] {});
  REQUIRE(holder.take(some_time));
  REQUIRE_FALSE(waiter.take(some_time));
  CHECK(waiter.holder());
  CHECK(waiter.ring());
  CHECK(bells.reaches(1));
  expect_no_wakeups(complaints, "lodge-files");
  CHECK(complaints.text() == "");
}

#endif
