#include <filesystem>
#include <thread>
#include <vector>

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

TEST_CASE("a client without threads may be driven by several of the host's at once") {
  Kiosk kiosk;
  kiosk.open();
  for (int i = 0; i < 200; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  {
    std::vector<std::jthread> hosts;
    for (int i = 0; i < 4; ++i)
      hosts.emplace_back([&] { kiosk.client->flush(std::chrono::seconds(1)); });
  }
  kiosk.run(minute);
  CHECK(kiosk.client->status().count(State::delivered) == 200);
  CHECK(kiosk.server.ledger().effects().size() == 200);
}

TEST_CASE("who waits for ever waits, and is not told at once that the time is over") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.threads = true;
  options.clock = nullptr;
  kiosk.client = std::make_unique<Client>(options);
  kiosk.file(ada, {{"x", 1}});
  CHECK(kiosk.client->drain(std::chrono::milliseconds::max()));
  kiosk.client->flush(std::chrono::milliseconds::max());
  CHECK(kiosk.client->refresh(ada, std::chrono::milliseconds::max()).record.version);
}

/// Answers what is under way while the autosave of a closing client is being synced.
class AnswersWhileClosing {
 public:
  AnswersWhileClosing(test::FaultVfs& disk, test::MemoryTransport& wire)
      : disk_(disk), syncs_(disk.count(test::DiskCall::sync)), wire_(wire), thread_([this] {
          while (disk_.count(test::DiskCall::sync) == syncs_) std::this_thread::yield();
          wire_.release_all();
        }) {}

 private:
  test::FaultVfs& disk_;
  std::int64_t syncs_;
  test::MemoryTransport& wire_;
  std::jthread thread_;
};

TEST_CASE("an answer that comes while the client closes is recorded") {
  test::FaultVfs disk;
  Kiosk kiosk;
  Options options = kiosk.options();
  options.sqlite_vfs = disk.name();
  options.threads = true;
  options.clock = nullptr;
  kiosk.client = std::make_unique<Client>(options);
  kiosk.wire->hold();
  const Submission form = kiosk.file(ada, {{"x", 1}});
  while (kiosk.wire->held().empty()) std::this_thread::yield();
  Draft draft = kiosk.client->edit({"f", "typed"});
  draft.content["x"] = 1;
  disk.set_sync_delay(20'000);  // microseconds: the answer comes within
  kiosk.client->autosave(draft);
  {
    const AnswersWhileClosing answers(disk, *kiosk.wire);
    kiosk.client.reset();
  }
  disk.set_sync_delay(0);
  options.threads = false;
  options.deliver = false;
  Client again(options);
  CHECK(state_of(again, form.id) == "delivered");
}

}  // namespace
}  // namespace lodge
