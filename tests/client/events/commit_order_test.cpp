#include "client/events/commit_order.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using lodge::client::CommitOrder;

TEST_CASE("whoever publishes waits for the calls that are committing") {
  CommitOrder order;
  std::optional<CommitOrder::Within> call(std::in_place, order);
  std::atomic<bool> left = false;
  std::promise<void> begins;
  std::jthread publisher([&] {
    begins.set_value();
    order.settle();
    CHECK(left);
  });
  begins.get_future().wait();
  left = true;
  call.reset();
}

TEST_CASE("whoever publishes does not wait for calls that come later") {
  CommitOrder order;
  std::promise<void> settled;
  auto done = settled.get_future();
  auto call = std::make_unique<CommitOrder::Within>(order);
  std::jthread publisher([&] {
    order.settle();
    settled.set_value();
  });
  // There is always somebody within: the next comes before the last has left.
  int calls = 0;
  while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    auto next = std::make_unique<CommitOrder::Within>(order);
    call = std::move(next);
    REQUIRE(++calls < 50'000'000);
  }
}
