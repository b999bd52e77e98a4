#include "client/client_case.hpp"
#include "support/fault_vfs.hpp"

// After a pass that failed, whoever waits must not have to wait for the next one.
namespace lodge {
namespace {

using test::ada;
using test::Kiosk;

/// Says what the client told it.
class Watched final : public NetworkSource {
 public:
  Route route(const std::string&, int) override { return Route::exists; }
  void on_change(std::function<void()>) override {}
  void watch(bool work_waits) override { work_waits_ = work_waits; }
  [[nodiscard]] bool work_waits() const { return work_waits_; }

 private:
  bool work_waits_ = false;
};

TEST_CASE("a pass that fails leaves the network watched: what it could not read may wait for it") {
  test::FaultVfs disk;  // outlives the client
  Kiosk kiosk;
  const auto network = std::make_shared<Watched>();
  Options options = kiosk.options();
  options.network = network;
  options.sqlite_vfs = disk.name();
  kiosk.client = std::make_unique<Client>(options);
  std::vector<EventKind> told;
  const Subscription events =
      kiosk.client->on_event([&](const Event& event) { told.push_back(event.kind); });
  while (kiosk.client->step()) {
  }
  REQUIRE_FALSE(network->work_waits());

  const Submission submission = kiosk.file(ada, {{"x", 1}});
  disk.fail_any(1, test::DiskFault::io, true);
  CHECK(kiosk.client->step().has_value());
  CHECK(network->work_waits());
  CHECK(std::ranges::count(told, EventKind::delivery_failed) == 1);
  CHECK(std::ranges::count(told, EventKind::submitted) == 1);

  disk.heal();
  kiosk.run(std::chrono::minutes(1));
  CHECK(test::state_of(*kiosk.client, submission.id) == "delivered");
  CHECK_FALSE(network->work_waits());
}

TEST_CASE("a delivery that could not be recorded is not told; once recorded, it is told once") {
  test::FaultVfs disk;  // outlives the client
  Kiosk kiosk;
  Options options = kiosk.options();
  options.sqlite_vfs = disk.name();
  kiosk.client = std::make_unique<Client>(options);
  std::vector<EventKind> told;
  const Subscription events =
      kiosk.client->on_event([&](const Event& event) { told.push_back(event.kind); });
  kiosk.file(ada, {{"x", 1}});
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    disk.fail(test::DiskCall::write, 1, test::DiskFault::full, true);  // by when the answer comes
    return std::nullopt;
  };
  kiosk.run(std::chrono::seconds(1));
  REQUIRE(kiosk.server.ledger().effects().size() == 1);
  REQUIRE(disk.hits() > 0);
  CHECK(std::ranges::count(told, EventKind::delivered) == 0);

  disk.heal();
  kiosk.weather = {};
  kiosk.run(std::chrono::minutes(1));
  CHECK(std::ranges::count(told, EventKind::delivered) == 1);
}

}  // namespace
}  // namespace lodge
