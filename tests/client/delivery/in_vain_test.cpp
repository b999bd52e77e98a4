#include <algorithm>
#include <string>
#include <vector>

#include "client/client_case.hpp"
#include "support/raw_database.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

void meddle(const std::string& store, const std::string& with) {
  test::RawDatabase(store).run("PRAGMA ignore_check_constraints = 1; UPDATE submissions SET " +
                               with);
}

// No lodge writes such rows; what they hold is not lost, and the machine has other things to do.
void expect_calm(Kiosk& kiosk, const Submission& bad, const std::string& state) {
  Options options = kiosk.options();
  std::vector<std::string> said;
  options.log = [&](const LogLine& line) { said.emplace_back(line.event); };
  kiosk.client = std::make_unique<Client>(options);
  kiosk.client->resume();
  const Submission good = kiosk.file({"availability", "b"}, {{"x", 1}});
  const Time end = kiosk.clock->now() + std::chrono::hours(24);
  int steps = 0;
  for (; kiosk.clock->now() < end; ++steps) {
    REQUIRE(steps < 5'000);
    const auto next = kiosk.client->step();
    kiosk.clock->set(next ? std::clamp(*next, kiosk.clock->now(), end) : end);
  }
  CHECK(steps > 2'000);  // but never given up: each half minute
  CHECK(std::ranges::count(said, "delivery.in_vain") > 0);
  CHECK(test::state_of(*kiosk.client, good.id) == "delivered");
  CHECK(test::state_of(*kiosk.client, bad.id) == state);
}

TEST_CASE(
    "P8: a form whose row contradicts itself is looked at now and then, and holds up no other",
    "[P8]") {
  Kiosk kiosk;
  kiosk.open();
  const Submission bad = kiosk.file(ada, {{"x", 1}});
  kiosk.client.reset();
  meddle(kiosk.options().store, "state = 'sending'");
  expect_calm(kiosk, bad, "sending");
}

TEST_CASE("P8: nor does one that is to be sent and cannot be claimed", "[P8]") {
  Kiosk kiosk;
  kiosk.open().pause("until its row was changed");
  kiosk.server.edit(ada, {{"x", 1}}, kiosk.clock->now());
  kiosk.client->refresh(ada);
  const Submission bad = kiosk.file(ada, {{"x", 2}});
  kiosk.server.edit(ada, {{"x", 2}}, kiosk.clock->now());
  kiosk.client->refresh(ada);
  kiosk.client.reset();
  meddle(kiosk.options().store, "state = 'withdrawn'");
  expect_calm(kiosk, bad, "withdrawn");
}

}  // namespace
}  // namespace lodge
