#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "client/events/event_bus.hpp"
#include "support/catch.hpp"

namespace {

using lodge::Event;
using lodge::EventBus;
using lodge::EventKind;
using lodge::Subscription;

void publish_one(EventBus& bus) { bus.publish({{.kind = EventKind::submitted}}); }

void wait_for(const std::atomic<bool>& flag) {
  while (!flag) std::this_thread::yield();
}

void give_others_turns() {
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
}

// A handler that is inside its call until it was told to leave.
struct SlowHandler {
  std::atomic<bool> entered{false};
  std::atomic<bool> may_leave{false};
  std::atomic<bool> left{false};

  void operator()() {
    entered = true;
    wait_for(may_leave);
    give_others_turns();
    left = true;
  }
};

}  // namespace

TEST_CASE("ending a subscription waits for its call on another thread") {
  EventBus bus;
  SlowHandler slow;
  auto held = std::make_shared<int>(0);
  auto subscription = bus.subscribe([&slow, held](const Event&) { slow(); });
  std::thread publisher([&] { publish_one(bus); });
  wait_for(slow.entered);
  slow.may_leave = true;
  subscription.end();
  CHECK(slow.left);
  CHECK(held.use_count() == 1);
  publisher.join();
}

TEST_CASE("ending one subscription does not wait for the handler of another") {
  EventBus bus;
  SlowHandler slow;
  const auto first = bus.subscribe([&](const Event&) { slow(); });
  std::atomic<int> calls{0};
  auto second = bus.subscribe([&](const Event&) { ++calls; });
  std::thread publisher([&] { publish_one(bus); });
  wait_for(slow.entered);
  second.end();
  CHECK_FALSE(slow.left);
  slow.may_leave = true;
  publisher.join();
  CHECK(calls == 0);
}

TEST_CASE("a thread that publishes while another delivers does not wait for it") {
  EventBus bus;
  SlowHandler slow;
  std::atomic<int> calls{0};
  const auto subscription = bus.subscribe([&](const Event&) {
    if (calls++ == 0) slow();
  });
  std::thread publisher([&] { publish_one(bus); });
  wait_for(slow.entered);
  publish_one(bus);
  CHECK(calls == 1);
  slow.may_leave = true;
  publisher.join();
  CHECK(calls == 2);
}

TEST_CASE("P7: closing the bus waits for a call under way, but not for ever", "[P7]") {
  EventBus bus;
  SlowHandler slow;
  const auto subscription = bus.subscribe([&](const Event&) { slow(); });
  std::thread publisher([&] { publish_one(bus); });
  wait_for(slow.entered);
  bus.close(std::chrono::milliseconds(1));
  CHECK_FALSE(slow.left);
  slow.may_leave = true;
  bus.close(std::chrono::minutes(1));
  CHECK(slow.left);
  publisher.join();
}

TEST_CASE("P7: no call arrives after the end, whatever eight threads do", "[P7]") {
  constexpr int rounds = 300;
  std::atomic<int> running{0};
  std::atomic<int> late{0};
  std::atomic<int> overlapping{0};
  std::atomic<int> calls{0};
  {
    EventBus bus;
    const auto churn = [&] {
      for (int i = 0; i < rounds; ++i) {
        auto alive = std::make_unique<std::atomic<bool>>(true);
        auto subscription = bus.subscribe([&, mine = alive.get()](const Event& event) {
          if (++running > 1) ++overlapping;
          if (!*mine) ++late;  // a sanitizer sees more: the flag is freed
          ++calls;
          if (event.kind == EventKind::submitted && calls % 7 == 0) publish_one(bus);
          --running;
        });
        publish_one(bus);
        if (i % 2 == 0) subscription.end();
        subscription = {};
        *alive = false;
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(churn);
    for (std::thread& thread : threads) thread.join();
  }
  CHECK(late == 0);
  CHECK(overlapping == 0);
  CHECK(calls > 0);
}

TEST_CASE("events of one publisher stay in order while eight publish") {
  constexpr int each = 500;
  EventBus bus;
  std::array<int, 8> last{};
  int disorder = 0;
  int heard = 0;
  const auto subscription = bus.subscribe([&](const Event& event) {
    const auto who = static_cast<std::size_t>(event.at.time_since_epoch().count() / each);
    const int number = static_cast<int>(event.at.time_since_epoch().count() % each) + 1;
    if (number != last[who] + 1) ++disorder;
    last[who] = number;
    ++heard;
  });
  std::vector<std::thread> threads;
  for (int who = 0; who < 8; ++who) {
    threads.emplace_back([&, who] {
      for (int i = 0; i < each; ++i) {
        bus.publish({{.at = lodge::Time(lodge::Duration(who * each + i))}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(disorder == 0);
  CHECK(heard == 8 * each);
}
