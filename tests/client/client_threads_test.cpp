#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "client/process/os_support.hpp"
#include "support/fair_time.hpp"

namespace lodge {
namespace {

using test::ada;
using test::CallCount;
using test::file;
using test::live_options;
using test::LiveServer;
using test::state_of;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(30);

RecordId record_of(int i) { return {"f", "r" + std::to_string(i)}; }

TEST_CASE("forms over a real wire arrive once, in order, and leave receipts") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  std::vector<Submission> all;
  for (int i = 0; i < 60; ++i) all.push_back(file(client, record_of(i % 12), {{"x", i}}));
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 60);
  CHECK(server.doubled() == 0);
  for (const Submission& one : all) {
    CHECK(state_of(client, one.id) == "delivered");
    CHECK(client.explain(one.id).receipt);
  }
  CHECK(client.status().waiting() == 0);
  CHECK(client.status().path == Path::online);
  CHECK(client.status().delivered_up_to == 60);
  CHECK(client.verify_history().intact);
}

TEST_CASE("an update, a foreign edit and a removal work over a real wire") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  file(client, ada, {{"x", 1}, {"y", 1}});
  REQUIRE(client.drain(long_enough));
  server.edit(ada, {{"x", 1}, {"y", 2}});
  file(client, ada, {{"x", 2}, {"y", 1}});
  REQUIRE(client.drain(long_enough));
  CHECK(client.refresh(ada).record.presence == Presence::present);
  CHECK(client.edit(ada).content == nlohmann::json{{"x", 2}, {"y", 2}});
  const Submission removal = client.remove(ada);
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, removal.id) == "delivered");
  CHECK(client.refresh(ada).record.presence == Presence::absent);
}

TEST_CASE("I6: threads that submit the same form at once make one submission", "[I6]") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  for (int round = 0; round < 10; ++round) {
    Draft draft = client.edit(record_of(round));
    draft.content["x"] = round;
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<std::int64_t> numbers;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const Submission one = client.submit(draft);
        const std::lock_guard lock(mutex);
        numbers.insert(one.number);
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(numbers.size() == 1);
  }
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 10);
}

TEST_CASE("I8: an autosave that races with submit loses nothing and doubles nothing", "[I8]") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  options.autosave_idle = std::chrono::milliseconds(1);
  Client client(options);
  client.pause("test");
  for (int round = 0; round < 20; ++round) {
    Draft draft = client.edit(record_of(round));
    draft.content["x"] = "typed";
    std::thread typing([&, later = draft]() mutable {
      for (int key = 0; key < 5; ++key) {
        later.content["x"] = "later " + std::to_string(key);
        client.autosave(later);
      }
    });
    const Submission submission = client.submit(draft);
    typing.join();
    CHECK(client.content(submission.id)["x"] == "typed");
    // What was typed before the submit is superseded by it, what was typed after it is on top.
    const Draft now = client.edit(record_of(round));
    CHECK((now.content["x"] == "later 4" || now.content["x"] == "typed"));
    CHECK(now.after == submission.id);
  }
  CHECK(client.verify_history().intact);
}

// Events.

TEST_CASE("events of a form come in order, after the commit, and may call the client") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  std::mutex mutex;
  std::map<std::string, std::vector<EventKind>> told;
  std::string wrong;
  CallCount delivered;
  const auto subscription = client.on_event([&](const Event& event) {
    if (!event.submission) return;
    const auto now = client.submission(*event.submission);
    const std::lock_guard lock(mutex);
    told[event.submission->text()].push_back(event.kind);
    if (!now) wrong += "an event before its commit; ";
    if (event.kind == EventKind::delivered) {
      if (now && now->state != State::delivered) wrong += "delivered, and the store says no; ";
      delivered.add();
    }
  });
  for (int i = 0; i < 40; ++i) file(client, record_of(i % 8), {{"x", i}});
  REQUIRE(client.drain(long_enough));
  CHECK(delivered.reaches(40));
  const std::lock_guard lock(mutex);
  CHECK(wrong == "");
  CHECK(told.size() == 40);
  for (const auto& [id, kinds] : told) {
    CHECK(kinds.front() == EventKind::submitted);
    CHECK(kinds.back() == EventKind::delivered);
    CHECK(std::ranges::count(kinds, EventKind::delivered) == 1);
    CHECK(std::ranges::count(kinds, EventKind::submitted) == 1);
  }
}

TEST_CASE("events of one record come in the order of its forms") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  std::mutex mutex;
  std::vector<SubmissionId> order;
  CallCount delivered;
  const auto subscription = client.on_event([&](const Event& event) {
    if (event.kind != EventKind::delivered) return;
    const std::lock_guard lock(mutex);
    order.push_back(*event.submission);
    delivered.add();
  });
  std::vector<SubmissionId> filed;
  for (int i = 0; i < 20; ++i) filed.push_back(file(client, ada, {{"x", i}}).id);
  REQUIRE(client.drain(long_enough));
  CHECK(delivered.reaches(20));
  const std::lock_guard lock(mutex);
  CHECK(order == filed);
}

TEST_CASE("P8: a handler that throws is reported, and delivery goes on", "[P8]") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  CallCount logged;
  options.log = [&](const LogLine& line) {
    if (line.event == "event.handler_failed") logged.add();
  };
  Client client(options);
  CallCount reported;
  const auto bad = client.on_event([](const Event& event) {
    if (event.kind == EventKind::submitted) throw std::runtime_error("the handler's own words");
    if (event.kind == EventKind::delivered) throw 17;
  });
  const auto good = client.on_event([&](const Event& event) {
    if (event.kind == EventKind::handler_failed) reported.add();
  });
  const Submission submission = file(client, ada, {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, submission.id) == "delivered");
  CHECK(reported.reaches(2));
  CHECK(logged.reaches(2));
}

TEST_CASE("P7: a handler may submit the next form", "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  CallCount delivered;
  const auto subscription = client.on_event([&](const Event& event) {
    if (event.kind != EventKind::delivered) return;
    if (delivered.now() < 9) file(client, record_of(delivered.now()), {{"next", true}});
    delivered.add();
  });
  file(client, ada, {{"x", 1}});
  CHECK(delivered.reaches(10));
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 10);
}

TEST_CASE("P7: calls that wait are refused inside a handler", "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  std::mutex mutex;
  std::vector<std::string> codes;
  CallCount called;
  const auto subscription = client.on_event([&](const Event& event) {
    if (event.kind != EventKind::submitted) return;
    const std::lock_guard lock(mutex);
    codes.push_back(test::code_of([&] { client.drain(long_enough); }));
    codes.push_back(test::code_of([&] { client.flush(); }));
    codes.push_back(test::code_of([&] { client.refresh(ada); }));
    called.add();
  });
  file(client, ada, {{"x", 1}});
  REQUIRE(called.reaches(1));
  const std::lock_guard lock(mutex);
  for (const std::string& code : codes) CHECK(code == "in_handler");
}

TEST_CASE("events run where the host wants them") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  std::mutex mutex;
  std::deque<std::function<void()>> jobs;
  options.post = [&](std::function<void()> job) {
    const std::lock_guard lock(mutex);
    jobs.push_back(std::move(job));
  };
  Client client(options);
  std::set<std::thread::id> threads;
  int delivered = 0;
  const auto subscription = client.on_event([&](const Event& event) {
    threads.insert(std::this_thread::get_id());
    delivered += event.kind == EventKind::delivered ? 1 : 0;
  });
  for (int i = 0; i < 5; ++i) file(client, record_of(i), {{"x", i}});
  REQUIRE(client.drain(long_enough));
  CHECK(threads.empty());
  const auto deadline = std::chrono::steady_clock::now() + test::patience;
  while (delivered < 5 && std::chrono::steady_clock::now() < deadline) {
    std::deque<std::function<void()>> batch;
    {
      const std::lock_guard lock(mutex);
      batch.swap(jobs);
    }
    for (const auto& job : batch) job();
    std::this_thread::yield();
  }
  CHECK(delivered == 5);
  CHECK(threads == std::set{std::this_thread::get_id()});
}

TEST_CASE("after a subscription ended no call arrives") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  for (int round = 0; round < 20; ++round) {
    auto alive = std::make_shared<std::atomic<bool>>(true);
    auto late = std::make_shared<std::atomic<int>>(0);
    {
      const auto subscription = client.on_event([=](const Event&) { *late += *alive ? 0 : 1; });
      file(client, record_of(round), {{"x", round}});
      client.flush(std::chrono::milliseconds(round % 4));
    }
    *alive = false;
    file(client, record_of(round), {{"x", "more"}});
    client.drain(long_enough);
    CHECK(*late == 0);
  }
}

// Waiting.

TEST_CASE("drain gives up when its patience ends, and refresh says that there was no answer") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  server.set_weather(demo::Delivery::hang);
  file(client, ada, {{"x", 1}});
  const test::FairTime time;
  CHECK_FALSE(client.drain(std::chrono::milliseconds(100)));
  test::expect_refusal("io", [&] { client.refresh(record_of(1), std::chrono::milliseconds(100)); });
  CHECK(time.passed() < std::chrono::seconds(5));
  CHECK(client.status().waiting() == 1);
  test::expect_refusal("wrong_state", [&] { client.step(); });
}

TEST_CASE("a server that comes back gets what was filed meanwhile, by itself", "[outbox]") {
  std::uint16_t port = 0;
  { port = LiveServer().port(); }
  TemporaryFolder folder;
  Client client(live_options(folder, "http://127.0.0.1:" + std::to_string(port) + "/v1"));
  const Submission submission = file(client, ada, {{"x", 1}});
  client.flush(std::chrono::seconds(5));
  CHECK(state_of(client, submission.id) == "pending");
  CHECK(test::hold_of(client, submission.id) == "unreachable");
  LiveServer server({}, port);
  CHECK(client.drain(long_enough));  // the back-off of a first failure is short
  CHECK(server.effects() == 1);
}

TEST_CASE("what was filed while nobody delivered goes at the next start", "[outbox]") {
  LiveServer server;
  TemporaryFolder folder;
  {
    Options options = live_options(folder, server.endpoint());
    options.deliver = false;
    Client client(options);
    for (int i = 0; i < 5; ++i) file(client, record_of(i), {{"x", i}});
  }
  CHECK(server.effects() == 0);
  Client client(live_options(folder, server.endpoint()));
  CHECK(server.wait_for_requests(5));
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 5);
}

}  // namespace
}  // namespace lodge
