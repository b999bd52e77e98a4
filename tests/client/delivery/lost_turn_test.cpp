#include <filesystem>

#include "client/client_case.hpp"
#include "support/fault_vfs.hpp"

// P8: whatever came between, what is due is attempted.
namespace lodge {
namespace {

using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto minute = std::chrono::minutes(1);

TEST_CASE("P8: who lost the turn while requests were under way delivers when it has it again",
          "[P8]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.in_flight = 2;
  kiosk.client = std::make_unique<Client>(options);
  kiosk.wire->hold();
  for (int i = 0; i < 2; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  kiosk.client->step();
  REQUIRE(kiosk.wire->held().size() == 2);
  std::filesystem::remove(options.store + "-flush");
  options.transport = std::make_shared<test::MemoryTransport>(
      [&](const Request& request) { return kiosk.server.handle(request, kiosk.clock->now()); });
  auto other = std::make_unique<Client>(options);
  for (int i = 0; i < 3; ++i) other->step();
  REQUIRE(other->status().delivering);
  kiosk.wire->release_all();
  kiosk.client->step();
  CHECK_FALSE(kiosk.client->status().delivering);
  other.reset();
  kiosk.run(minute);
  const Submission fresh = kiosk.file({"f", "fresh"}, {{"x", 9}});
  kiosk.run(minute);
  CHECK(kiosk.client->status().delivering);
  CHECK(state_of(*kiosk.client, fresh.id) == "delivered");
}

TEST_CASE("C2: the clock is set back while an answer waits for the disk: it waits seconds",
          "[C2]") {
  test::FaultVfs disk;
  Kiosk kiosk;
  Options options = kiosk.options();
  options.sqlite_vfs = disk.name();
  kiosk.client = std::make_unique<Client>(options);
  kiosk.wire->hold();
  const Submission form = kiosk.file(ada, {{"x", 1}});
  kiosk.client->step();
  disk.fail(test::DiskCall::write, 1, test::DiskFault::full, true);
  kiosk.wire->release_all();
  kiosk.client->step();
  disk.heal();
  kiosk.clock->set(kiosk.clock->now() - std::chrono::hours(24 * 365));
  const Submission fresh = kiosk.file({"f", "fresh"}, {{"x", 1}});
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, form.id) == "delivered");
  CHECK(state_of(*kiosk.client, fresh.id) == "delivered");
}

/// Calls back while the client is still being opened.
class EagerSource final : public NetworkSource {
 public:
  Route route(const std::string&, int) override { return Route::none; }
  void on_change(std::function<void()> handler) override {
    if (handler) handler();
  }
};

TEST_CASE("a network that changes while the client opens is no harm") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.network = std::make_shared<EagerSource>();
  kiosk.client = std::make_unique<Client>(options);
  CHECK(kiosk.client->status().path == Path::offline);
}

TEST_CASE("closing asks the host for no credentials and sends nothing") {
  Kiosk kiosk;
  Options options = kiosk.options();
  bool closing = false;
  bool asked = false;
  options.authorize = [&](const Authorization& about) {
    asked = asked || closing;
    return std::vector<Header>{{"Authorization", about.refresh ? "Bearer new" : "Bearer old"}};
  };
  kiosk.weather = [](const Request& request) -> std::optional<Reply> {
    if (header(request.headers, "Authorization") == "Bearer old") return test::answer(401);
    return std::nullopt;
  };
  kiosk.client = std::make_unique<Client>(options);
  kiosk.wire->hold();
  kiosk.file(ada, {{"x", 1}});
  kiosk.client->step();
  kiosk.wire->release_all();
  const std::size_t sent = kiosk.seen.size();
  closing = true;
  kiosk.client.reset();
  CHECK_FALSE(asked);
  CHECK(kiosk.seen.size() == sent);
}

}  // namespace
}  // namespace lodge
