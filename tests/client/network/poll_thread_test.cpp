#include "client/network/poll_thread.hpp"

#include <future>
#include <stdexcept>

#include "client/process/os_support.hpp"
#include "support/catch.hpp"
#include "support/fair_time.hpp"

using namespace lodge::test;
using lodge::client::PollTask;
using lodge::client::PollThread;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Task final : PollTask {
  explicit Task(std::function<Next()> its_step) : body(std::move(its_step)) {}
  [[nodiscard]] std::vector<int> descriptors() const override { return {}; }
  Next step() override {
    auto next = body();
    steps.add();
    return next;
  }
  std::function<Next()> body;
  CallCount steps;
};

auto task_of(std::function<PollTask::Next()> body) {
  return std::make_shared<Task>(std::move(body));
}

}  // namespace

TEST_CASE("a thread steps at the start, at its time and when poked, and otherwise not") {
  auto task = task_of([first = true]() mutable {
    const bool again = std::exchange(first, false);
    return again ? PollTask::Next{steady_clock::now() + milliseconds(1)} : PollTask::Next{};
  });
  PollThread thread("lodge-test", task);
  CHECK(task->steps.reaches(2));
  CHECK_FALSE(task->steps.reaches(3, quiet));
  thread.poke();
  CHECK(task->steps.reaches(3));
}

TEST_CASE("a step that throws does not end the thread") {
  auto task = task_of([]() -> PollTask::Next { return {}; });
  task->body = [thrown = false, &task]() mutable -> PollTask::Next {
    if (std::exchange(thrown, true)) return {};
    throw std::runtime_error("no");
  };
  PollThread thread("lodge-test", task);
  thread.poke();
  CHECK(task->steps.reaches(1));
}

TEST_CASE("the end of a thread does not wait for a step that hangs") {
  std::promise<void> hang;
  std::promise<void> hanging;
  auto task = task_of([&hanging, wait = hang.get_future().share()] {
    hanging.set_value();
    wait.wait();
    return PollTask::Next{};
  });
  std::optional<PollThread> thread(std::in_place, "lodge-test", task);
  hanging.get_future().wait();
  const FairTime time;
  thread.reset();
  CHECK(time.passed() < milliseconds(1900));
  hang.set_value();
  CHECK(task->steps.reaches(1));
}

TEST_CASE("a thread may be ended from its own step") {
  std::unique_ptr<PollThread> thread;
  std::promise<void> made;
  auto task = task_of([&thread, wait = made.get_future().share()] {
    wait.wait();
    thread.reset();
    return PollTask::Next{};
  });
  thread = std::make_unique<PollThread>("lodge-test", task);
  made.set_value();
  CHECK(task->steps.reaches(1));
}

TEST_CASE("P4: in a forked child the thread's owner can be destroyed", "[P4]") {
  auto task = task_of([] { return PollTask::Next{}; });
  auto thread = std::make_unique<PollThread>("lodge-test", task);
  REQUIRE(task->steps.reaches(1));
  CHECK(complaint_of_child([&] {
          thread.reset();
          return std::string();
        }) == "");
  thread->poke();
  CHECK(task->steps.reaches(2));
}
