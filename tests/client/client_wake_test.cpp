// A client without threads and the host's own loop.

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "client/client_case.hpp"
#include "client/delivery/worker.hpp"
#include "client/live_server.hpp"

namespace lodge {
namespace {

using test::file;
using test::live_options;
using test::LiveServer;
using test::state_of;
using test::TemporaryFolder;

/// What a host has: somewhere to post to, and a thread that waits there.
class Loop {
 public:
  void post() {
    const std::lock_guard lock(mutex_);
    ++posted_;
    changed_.notify_all();
  }
  /// Waits for a post or for `until`; false when neither came for 20 s.
  bool wait(const std::optional<Time>& until) {
    std::unique_lock lock(mutex_);
    const auto come = [&] { return posted_ > 0; };
    const Duration longest = std::chrono::seconds(20);
    const Duration patience =
        until ? std::min<Duration>(*until - test::wall_now(), longest) : longest;
    const bool was_posted = changed_.wait_for(lock, patience, come);
    if (was_posted) --posted_;
    return was_posted || until;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int posted_ = 0;
};

TEST_CASE("a client without threads is told when a reply has come, and need not be asked") {
  LiveServer server;
  TemporaryFolder folder;
  Loop loop;
  Options options = live_options(folder, server.endpoint());
  options.threads = false;
  options.wake = [&] { loop.post(); };
  Client client(options);
  std::vector<Submission> all;
  for (int i = 0; i < 5; ++i) all.push_back(file(client, {"f", std::to_string(i)}, {{"x", i}}));
  int steps = 0;
  while (client.status().waiting() > 0) {
    const auto again = client.step();
    REQUIRE(++steps < 100);
    if (client.status().waiting() == 0) break;
    REQUIRE(loop.wait(again));
  }
  for (const Submission& one : all) CHECK(state_of(client, one.id) == "delivered");
  CHECK(server.effects() == 5);
}

TEST_CASE("a wake that throws costs nobody anything, and comes once until the next step") {
  TemporaryFolder folder;
  LiveServer server;
  Options options = live_options(folder, server.endpoint());
  std::atomic<int> wakes{0};
  options.threads = false;
  options.wake = [&] {
    ++wakes;
    throw std::runtime_error("the host's own trouble");
  };
  Client client(options);
  client.step();
  wakes = 0;
  for (int i = 0; i < 5; ++i) file(client, {"f", std::to_string(i)}, {{"x", i}});
  CHECK(wakes == 1);
}

TEST_CASE("who runs passes by hand is not told of wakes, but of one that no pass has seen") {
  int told = 0;
  client::Worker worker([](bool) { return client::Worker::Result{.idle = true}; }, [&] { ++told; });
  {
    const client::Worker::ByHand step(worker);
    {
      const client::Worker::ByHand flush(worker);
      worker.wake();
      worker.wait_for_wake(std::chrono::seconds(20));
      CHECK(worker.run_once(false).idle);
    }
    worker.wake();
    CHECK(worker.run_once(false).idle);
    CHECK(told == 0);
    worker.wake();
  }
  CHECK(told == 1);
  worker.wake();
  CHECK(told == 1);
}

TEST_CASE("who stops a worker waits for a wake that is being told, and none comes after it") {
  std::promise<void> entered;
  std::promise<void> release;
  std::atomic<int> ended{0};
  client::Worker worker([](bool) { return client::Worker::Result{.idle = true}; },
                        [&] {
                          entered.set_value();
                          release.get_future().wait();
                          ++ended;
                        });
  std::thread other([&] { worker.wake(); });
  entered.get_future().wait();
  std::thread later([&] { release.set_value(); });
  CHECK(worker.stop(std::chrono::seconds(20)));
  CHECK(ended == 1);
  worker.run_once(false);
  worker.wake();
  CHECK(ended == 1);
  other.join();
  later.join();
}

}  // namespace
}  // namespace lodge
