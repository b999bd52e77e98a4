#include "client/delivery/monitor.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"

namespace {

using lodge::Path;
using lodge::Route;
using lodge::ServerState;
using lodge::Time;
using lodge::client::Monitor;
using lodge::client::MonitorChange;
using namespace std::chrono_literals;

class HandClock final : public lodge::Clock {
 public:
  Time now() override { return at.load(); }
  std::atomic<Time> at{Time(1'000'000s)};
};

class FakeSource final : public lodge::NetworkSource {
 public:
  Route route(const std::string& host, int port) override {
    asked_host = host;
    asked_port = port;
    return answer;
  }
  void on_change(std::function<void()> handler) override { handler_ = std::move(handler); }
  void watch(bool work_waits) override { watched = work_waits; }
  void learned_address(const std::string& host, const std::string& address) override {
    learned.push_back(host + " at " + address);
  }

  void change(Route to) {
    answer = to;
    handler_();
  }
  [[nodiscard]] bool has_handler() const { return static_cast<bool>(handler_); }

  Route answer = Route::exists;
  std::string asked_host;
  int asked_port = 0;
  bool watched = false;
  std::vector<std::string> learned;

 private:
  std::function<void()> handler_;
};

struct Bench {
  std::shared_ptr<HandClock> clock = std::make_shared<HandClock>();
  std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>();
  std::vector<MonitorChange> changes;

  lodge::client::MonitorParts parts() {
    return {.source = source,
            .host = "forms.example.org",
            .port = 443,
            .clock = clock,
            .random = [] { return std::uint64_t{1} << 63; },
            .changed = [this](const MonitorChange& change) { changes.push_back(change); }};
  }
  MonitorChange last() {
    REQUIRE_FALSE(changes.empty());
    return changes.back();
  }
};

}  // namespace

TEST_CASE("a monitor asks for the route to the endpoint when it begins, without a word") {
  Bench bench;
  bench.source->answer = Route::none;
  Monitor monitor(bench.parts());
  CHECK(bench.source->asked_host == "forms.example.org");
  CHECK(bench.source->asked_port == 443);
  CHECK(monitor.path() == Path::offline);
  CHECK(bench.changes.empty());
}

TEST_CASE("a lost and returned route is told, and the return spread") {
  Bench bench;
  Monitor monitor(bench.parts());
  monitor.answered(true);
  CHECK(bench.last().path);
  CHECK(bench.last().server);
  CHECK_FALSE(bench.last().network);

  bench.source->change(Route::none);
  CHECK(monitor.path() == Path::offline);
  CHECK(bench.last().path);
  CHECK(bench.last().network);
  CHECK_FALSE(bench.last().came_back);

  bench.clock->at = bench.clock->now() + 1min;
  bench.source->change(Route::exists);
  CHECK(monitor.path() == Path::unknown);
  CHECK(bench.last().came_back);
  CHECK(monitor.network().not_before == bench.clock->now() + 2500ms);
}

TEST_CASE("what changes nothing is not told") {
  Bench bench;
  Monitor monitor(bench.parts());
  monitor.answered(true);
  bench.changes.clear();
  monitor.answered(true);
  monitor.attempted();
  monitor.look();
  monitor.set_network(Path::unknown);
  CHECK(bench.changes.empty());
  monitor.answered(true, true);
  CHECK(bench.changes.size() == 1);
  CHECK(monitor.server() == ServerState::busy);
}

TEST_CASE("signs of requests reach path and server") {
  Bench bench;
  Monitor monitor(bench.parts());
  monitor.intercepted();
  CHECK(monitor.path() == Path::captive);
  monitor.answered(true);
  CHECK(monitor.path() == Path::online);
  monitor.unreachable();
  monitor.unreachable();
  CHECK(monitor.path() == Path::unknown);
  CHECK(monitor.server() == ServerState::unreachable);
  monitor.set_network(Path::offline);
  CHECK(monitor.path() == Path::offline);
  monitor.answered(false);
  CHECK(monitor.path() == Path::unknown);
}

TEST_CASE("the plan gets the moment of the last attempt, never in the future") {
  Bench bench;
  Monitor monitor(bench.parts());
  monitor.attempted();
  const Time then = bench.clock->now();
  bench.clock->at = then + 1h;
  CHECK(monitor.network().last_attempt == then);
  bench.clock->at = then - 1h;
  CHECK(monitor.network().last_attempt == then - 1h);
}

TEST_CASE("without an endpoint or a source a monitor still takes hints") {
  Bench bench;
  auto parts = bench.parts();
  parts.host.clear();
  {
    Monitor monitor(parts);
    CHECK_FALSE(bench.source->has_handler());
    monitor.look();
    monitor.set_network(Path::online);
    CHECK(monitor.path() == Path::online);
  }
  parts = bench.parts();
  parts.source = nullptr;
  parts.changed = nullptr;
  Monitor monitor(parts);
  monitor.look();
  monitor.watch(true);
  monitor.set_network(Path::offline);
  CHECK(monitor.path() == Path::offline);
}

TEST_CASE("behind a portal a change of the network, of whatever kind, lets a probe go at once") {
  Bench bench;
  Monitor monitor(bench.parts());
  monitor.attempted();
  monitor.intercepted();
  REQUIRE(monitor.path() == Path::captive);
  REQUIRE(monitor.network().last_attempt);
  bench.changes.clear();
  bench.source->change(Route::exists);
  CHECK_FALSE(monitor.network().last_attempt);
  REQUIRE(bench.changes.size() == 1);
  CHECK(bench.changes[0].came_back);
}

TEST_CASE("a monitor passes on who waits and leaves its source when it ends") {
  Bench bench;
  {
    Monitor monitor(bench.parts());
    CHECK(bench.source->has_handler());
    monitor.watch(true);
    CHECK(bench.source->watched);
  }
  CHECK_FALSE(bench.source->has_handler());
}

TEST_CASE("a callback may ask the monitor, and many threads may speak at once") {
  Bench bench;
  auto parts = bench.parts();
  Monitor* self = nullptr;
  std::atomic<int> told{0};
  parts.changed = [&](const MonitorChange&) {
    static_cast<void>(self->path());
    ++told;
  };
  Monitor monitor(parts);
  self = &monitor;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 500; ++k) {
        if (i == 0) monitor.answered(true);
        if (i == 1) monitor.unreachable();
        if (i == 2) monitor.set_network(k % 2 == 0 ? Path::offline : Path::unknown);
        if (i == 3) bench.clock->at = bench.clock->now() + 1ms;
        static_cast<void>(monitor.network());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  monitor.answered(true);
  CHECK(monitor.path() == Path::online);
  CHECK(told > 0);
}

TEST_CASE("N15: the address that a request was carried to is passed on, once until it changes",
          "[N15]") {
  Bench bench;
  Monitor monitor(bench.parts());
  bench.source->answer = Route::none;
  monitor.connected_to("192.0.2.1");
  monitor.connected_to("192.0.2.1");
  CHECK(bench.source->learned == std::vector<std::string>{"forms.example.org at 192.0.2.1"});
  CHECK(monitor.path() == Path::offline);  // the route is judged anew by it
  monitor.connected_to("192.0.2.2");
  CHECK(bench.source->learned.size() == 2);
}
