#include "client/events/event_bus.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "lodge/error.hpp"
#include "support/catch.hpp"

namespace {

using lodge::Event;
using lodge::EventBus;
using lodge::EventKind;
using lodge::Subscription;

std::vector<Event> batch(const std::vector<std::string>& all_words) {
  std::vector<Event> events;
  for (const std::string& words : all_words) {
    events.push_back({.kind = EventKind::submitted, .words = words});
  }
  return events;
}

using Words = std::vector<std::string>;

// Stands in for a host's event loop.
struct Loop {
  std::deque<std::function<void()>> jobs;

  EventBus::Post post() {
    return [this](std::function<void()> job) { jobs.push_back(std::move(job)); };
  }
  void run_one() {
    const auto job = std::move(jobs.front());
    jobs.pop_front();
    job();
  }
};

}  // namespace

TEST_CASE("events reach every handler in order before publish returns") {
  EventBus bus;
  Words heard;
  const auto first = bus.subscribe([&](const Event& event) { heard.push_back("1" + event.words); });
  const auto second =
      bus.subscribe([&](const Event& event) { heard.push_back("2" + event.words); });
  bus.publish(batch({"a", "b"}));
  CHECK(heard == Words{"1a", "2a", "1b", "2b"});
}

TEST_CASE("a handler hears what is published after it subscribed, not what was under way") {
  EventBus bus;
  Words heard;
  std::vector<Subscription> later;
  const auto first = bus.subscribe([&](const Event&) {
    later.push_back(bus.subscribe([&](const Event& event) { heard.push_back(event.words); }));
  });
  bus.publish(batch({"a", "b"}));
  CHECK(heard.empty());
  later.resize(1);
  bus.publish(batch({"c"}));
  CHECK(heard == Words{"c"});
}

TEST_CASE("what a handler publishes comes after the batch under way, for every handler") {
  EventBus bus;
  Words heard;
  const auto first = bus.subscribe([&](const Event& event) {
    if (event.words == "a") bus.publish(batch({"nested"}));
    heard.push_back("1" + event.words);
  });
  const auto second =
      bus.subscribe([&](const Event& event) { heard.push_back("2" + event.words); });
  bus.publish(batch({"a", "b"}));
  CHECK(heard == Words{"1a", "2a", "1b", "2b", "1nested", "2nested"});
}

TEST_CASE("P8: a handler that throws is reported and costs the others nothing", "[P8]") {
  std::vector<lodge::LogLine> log;
  EventBus bus({}, [&](const lodge::LogLine& line) { log.push_back(line); });
  const auto bad = bus.subscribe([](const Event& event) {
    if (event.kind == EventKind::submitted) throw std::runtime_error("broken");
  });
  std::vector<Event> heard;
  const auto good = bus.subscribe([&](const Event& event) { heard.push_back(event); });
  const lodge::Time at{lodge::Duration(7)};
  const lodge::SubmissionId id{{1}};
  bus.publish({{.kind = EventKind::submitted, .at = at, .submission = id, .words = "a"},
               {.kind = EventKind::delivered, .words = "b"}});
  REQUIRE(heard.size() == 3);
  CHECK(heard[0].words == "a");
  CHECK(heard[1].kind == EventKind::handler_failed);
  CHECK(heard[1].words == "broken");
  CHECK(heard[1].at == at);
  CHECK(heard[1].submission == id);
  CHECK(heard[2].words == "b");
  REQUIRE(log.size() == 1);
  CHECK(log[0].event == "event.handler_failed");
  CHECK(log[0].level == lodge::LogLevel::error);
  CHECK(log[0].submission == id);
}

TEST_CASE("P8: a handler that fails on handler_failed too is only logged", "[P8]") {
  int log_lines = 0;
  EventBus bus({}, [&](const lodge::LogLine&) {
    ++log_lines;
    throw std::runtime_error("so does the log");
  });
  int calls = 0;
  const auto bad = bus.subscribe([&](const Event&) {
    ++calls;
    throw 5;
  });
  bus.publish(batch({"a"}));
  CHECK(calls == 2);
  CHECK(log_lines == 2);
  CHECK_FALSE(lodge::client::in_handler());
}

TEST_CASE("a handler may end its own subscription, which releases what it holds") {
  EventBus bus;
  int calls = 0;
  auto held = std::make_shared<int>(0);
  Subscription subscription;
  subscription = bus.subscribe([&, held](const Event&) {
    ++calls;
    subscription.end();
    CHECK(held.use_count() == 2);  // still whole until it returns
  });
  bus.publish(batch({"a", "b"}));
  bus.publish(batch({"c"}));
  CHECK(calls == 1);
  CHECK(held.use_count() == 1);
}

TEST_CASE("a handler may end another's subscription in the middle of a batch") {
  EventBus bus;
  Words heard;
  Subscription second;
  const auto first = bus.subscribe([&](const Event&) { second.end(); });
  second = bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a", "b"}));
  CHECK(heard.empty());
}

TEST_CASE("a subscription ends when it is destroyed or replaced") {
  EventBus bus;
  Words heard;
  const auto note = [&](const std::string& who) {
    return [&heard, who](const Event& event) { heard.push_back(who + event.words); };
  };
  {
    Subscription subscription = bus.subscribe(note("1"));
    bus.publish(batch({"a"}));
    subscription = bus.subscribe(note("2"));
    Subscription moved = std::move(subscription);
    bus.publish(batch({"b"}));
    subscription.end();  // owns nothing any more
    bus.publish(batch({"c"}));
  }
  bus.publish(batch({"d"}));
  CHECK(heard == Words{"1a", "2b", "2c"});
}

TEST_CASE("an empty handler is refused") {
  EventBus bus;
  CHECK_THROWS_AS(bus.subscribe({}), lodge::Error);
}

TEST_CASE("with post each batch is one job, in order") {
  Loop loop;
  EventBus bus(loop.post());
  Words heard;
  const auto subscription =
      bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a", "b"}));
  bus.publish(batch({"c"}));
  bus.publish({});
  REQUIRE(loop.jobs.size() == 2);
  CHECK(heard.empty());
  loop.run_one();
  CHECK(heard == Words{"a", "b"});
  loop.run_one();
  CHECK(heard == Words{"a", "b", "c"});
}

TEST_CASE("without handlers the host's loop is left alone") {
  Loop loop;
  EventBus bus(loop.post());
  bus.publish(batch({"a"}));
  {
    const auto subscription = bus.subscribe([](const Event&) {});
  }
  bus.publish(batch({"b"}));
  CHECK(loop.jobs.empty());
}

TEST_CASE("a job posted earlier does not call a handler that has ended") {
  Loop loop;
  EventBus bus(loop.post());
  Words heard;
  auto subscription = bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a"}));
  subscription.end();
  loop.run_one();
  CHECK(heard.empty());
}

TEST_CASE("a job that runs after the bus is gone calls nobody") {
  Loop loop;
  Words heard;
  Subscription subscription;
  {
    EventBus bus(loop.post());
    subscription = bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
    bus.publish(batch({"a"}));
  }
  loop.run_one();
  CHECK(heard.empty());
}

TEST_CASE("a host that swaps jobs does not swap events") {
  Loop loop;
  EventBus bus(loop.post());
  Words heard;
  const auto subscription =
      bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a"}));
  bus.publish(batch({"b"}));
  std::swap(loop.jobs[0], loop.jobs[1]);
  loop.run_one();
  loop.run_one();
  CHECK(heard == Words{"a", "b"});
}

TEST_CASE("what post refuses to take comes with the next job") {
  std::deque<std::function<void()>> jobs;
  bool refuse = true;
  int log_lines = 0;
  EventBus bus(
      [&](std::function<void()> job) {
        if (refuse) throw std::runtime_error("no loop yet");
        jobs.push_back(std::move(job));
      },
      [&](const lodge::LogLine&) { ++log_lines; });
  Words heard;
  const auto subscription =
      bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a"}));
  CHECK(log_lines == 1);
  refuse = false;
  bus.publish(batch({"b"}));
  REQUIRE(jobs.size() == 1);
  jobs[0]();
  CHECK(heard == Words{"a", "b"});
}

TEST_CASE("in_handler is true exactly inside handlers") {
  EventBus bus;
  CHECK_FALSE(lodge::client::in_handler());
  bool inside = false;
  const auto subscription =
      bus.subscribe([&](const Event&) { inside = lodge::client::in_handler(); });
  bus.publish(batch({"a"}));
  CHECK(inside);
  CHECK_FALSE(lodge::client::in_handler());
}

TEST_CASE("P7: a handler may close the bus; nothing is called after it", "[P7]") {
  EventBus bus;
  Words heard;
  const auto first = bus.subscribe([&](const Event& event) {
    heard.push_back(event.words);
    bus.close();
  });
  const auto second = bus.subscribe([&](const Event& event) { heard.push_back(event.words); });
  bus.publish(batch({"a", "b"}));
  bus.publish(batch({"c"}));
  CHECK(heard == Words{"a"});
}

TEST_CASE("every kind of event and log level has a name of its own") {
  std::vector<std::string_view> names;
  for (auto kind = EventKind::draft_saved; kind <= EventKind::handler_failed;
       kind = static_cast<EventKind>(static_cast<int>(kind) + 1)) {
    names.push_back(name(kind));
  }
  CHECK(names.size() == 12);
  CHECK(names.back() == "handler_failed");
  for (auto level = lodge::LogLevel::debug; level <= lodge::LogLevel::error;
       level = static_cast<lodge::LogLevel>(static_cast<int>(level) + 1)) {
    names.push_back(name(level));
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK_FALSE(std::count(names.begin(), names.end(), "?"));
}
