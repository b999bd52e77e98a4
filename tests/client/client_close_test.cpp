#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "client/process/os_support.hpp"
#include "support/fair_time.hpp"
#include "support/fault_server.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::ada;
using test::CallCount;
using test::file;
using test::live_options;
using test::LiveServer;
using test::TemporaryFolder;

// As this machine lets threads run.
constexpr auto promised = std::chrono::seconds(2);
constexpr auto long_enough = std::chrono::seconds(30);

RecordId record_of(int i) { return {"f", "r" + std::to_string(i)}; }

milliseconds time_to_close(std::unique_ptr<Client>& client) {
  const test::FairTime time;
  client.reset();
  return time.passed();
}

// Ends in bounded time.

TEST_CASE("a client with requests in flight to a silent server closes within 2 s", "[close]") {
  test::FaultServer server([](const test::SeenRequest&) { return test::Script{test::Hang{}}; });
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(live_options(folder, server.url("/v1")));
  for (int i = 0; i < 8; ++i) file(*client, record_of(i), {{"x", i}});
  REQUIRE(server.wait_for_requests(8));
  CHECK(time_to_close(client) < promised);
  Client again(live_options(folder, server.url("/v1")));
  for (const Submission& one : again.outbox()) {
    CHECK((one.state == State::unconfirmed || one.state == State::sending));
  }
}

TEST_CASE("a client whose connections never come about closes within 2 s", "[close]") {
  const test::SilentPort port;
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(
      live_options(folder, "http://127.0.0.1:" + std::to_string(port.port()) + "/v1"));
  for (int i = 0; i < 4; ++i) file(*client, record_of(i), {{"x", i}});
  CHECK_FALSE(client->drain(milliseconds(100)));
  CHECK(time_to_close(client) < promised);
}

TEST_CASE("P7: a client whose handler hangs closes within 2 s, and the handler may end later",
          "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(live_options(folder, server.endpoint()));
  auto inside = std::make_shared<CallCount>();
  auto left = std::make_shared<CallCount>();
  auto gate = std::make_shared<std::promise<void>>();
  auto open = gate->get_future().share();
  auto subscription = client->on_event([=](const Event&) {
    inside->add();
    open.wait();
    left->add();
  });
  file(*client, ada, {{"x", 1}});
  REQUIRE(inside->reaches(1));
  CHECK(time_to_close(client) < promised);
  gate->set_value();
  CHECK(left->reaches(1));
  subscription.end();
  Client again(live_options(folder, server.endpoint()));
  CHECK(again.drain(long_enough));
  CHECK(server.effects() == 1);
}

TEST_CASE("P7: a client whose credentials never come closes within 2 s", "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  auto asked = std::make_shared<CallCount>();
  auto gate = std::make_shared<std::promise<void>>();
  options.authorize = [asked, open = gate->get_future().share()](const Authorization&) {
    asked->add();
    open.wait();
    return std::vector<Header>{};
  };
  auto client = std::make_unique<Client>(options);
  file(*client, ada, {{"x", 1}});
  REQUIRE(asked->reaches(1));
  // Meanwhile everything but delivery works.
  Draft draft = client->edit(record_of(1));
  client->save(draft);
  CHECK(client->status().waiting() == 1);
  CHECK(time_to_close(client) < promised);
  gate->set_value();
}

TEST_CASE("P7: a client that is destroyed by its own handler ends", "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(live_options(folder, server.endpoint()));
  CallCount ended;
  std::atomic<bool> once{false};
  auto subscription = client->on_event([&](const Event& event) {
    if (event.kind != EventKind::submitted || once.exchange(true)) return;
    client.reset();
    ended.add();
  });
  Client* raw = client.get();
  file(*raw, ada, {{"x", 1}});
  CHECK(ended.reaches(1));
}

TEST_CASE("P7: clients opened and closed at once, with work or without, end in order", "[P7]") {
  LiveServer server;
  TemporaryFolder folder;
  for (int round = 0; round < 20; ++round) {
    auto client = std::make_unique<Client>(live_options(folder, server.endpoint()));
    if (round % 2 == 0) file(*client, record_of(round), {{"x", round}});
    CHECK(time_to_close(client) < promised);
  }
  Client client(live_options(folder, server.endpoint()));
  const bool drained = client.drain(long_enough);
  for (const Submission& one : client.outbox()) {
    UNSCOPED_INFO(client.explain(one.id).words);
  }
  CHECK(drained);
  CHECK(server.effects() == 10);
  CHECK(server.doubled() == 0);
}

TEST_CASE("P7: waiting autosaves are on disk when the destructor returns", "[P7]") {
  TemporaryFolder folder;
  LiveServer server;
  {
    Client client(live_options(folder, server.endpoint()));
    Draft draft = client.edit(ada);
    draft.content["text"] = "last words";
    client.autosave(draft);
  }
  Client client(live_options(folder, server.endpoint()));
  CHECK(client.edit(ada).content["text"] == "last words");
}

// Idle.

/// How often all threads but this one began to wait.
long switches_of_others() {
  long sum = 0;
  const std::string self = std::to_string(syscall(SYS_gettid));
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == self) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      long count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) sum += count;
    }
  }
  return sum;
}

void expect_idle(test::Complaints& complaints, const std::string& when) {
  long before = switches_of_others();
  // What was begun (an autosave is due after 250 ms, the mark a second after work) ends first.
  for (int i = 0, quiet = 0; i < 120 && quiet < 25; ++i) {
    test::stay_idle_for(milliseconds(50));
    const long after = switches_of_others();
    quiet = after == before ? quiet + 1 : 0;
    before = after;
  }
  test::stay_idle_for(milliseconds(400));
  const long woke = switches_of_others() - before;
  complaints.expect(woke == 0, when + ": woke " + std::to_string(woke) + " times");
}

void expect_idle_in_namespace(const std::function<void(test::Complaints&)>& body) {
#ifdef __SANITIZE_THREAD__
  WARN("not counted under the thread sanitizer: a thread of its own wakes ten times a second");
  return;
#endif
  const auto said = test::complaint_of_child([&]() -> std::string {
    if (!test::enter_network_namespace()) return test::no_namespace;
    test::set_loopback(true);
    test::Complaints complaints;
    body(complaints);
    return complaints.text();
  });
  if (said == test::no_namespace) {
    WARN(test::no_namespace);
  } else {
    CHECK(said == "");
  }
}

TEST_CASE("a client with an empty outbox never wakes up", "[idle]") {
  expect_idle_in_namespace([](test::Complaints& complaints) {
    TemporaryFolder folder;
    Client client(live_options(folder, "http://127.0.0.1:9/v1"));
    CallCount saved;
    const auto subscription = client.on_event([&](const Event& event) {
      if (event.kind == EventKind::draft_saved) saved.add();
    });
    Draft draft = client.edit(ada);
    draft.content["x"] = 1;
    client.autosave(draft);
    complaints.expect(saved.reaches(1), "nothing was saved");
    expect_idle(complaints, "empty outbox");
  });
}

TEST_CASE("a client that is offline, with nothing due, never wakes up", "[idle]") {
  expect_idle_in_namespace([](test::Complaints& complaints) {
    TemporaryFolder folder;
    test::set_loopback(false);
    Options options = live_options(folder, "https://192.0.2.1/v1");
    Client client(options);
    client.set_network(Path::offline);
    for (int i = 0; i < 3; ++i) file(client, record_of(i), {{"x", i}});
    client.flush(std::chrono::seconds(5));
    complaints.expect(client.status().waiting() == 3, "it does not wait");
    expect_idle(complaints, "offline");
    complaints.expect(test::hold_of(client, client.outbox()[0].id) == "offline",
                      test::hold_of(client, client.outbox()[0].id));
  });
}

TEST_CASE("a paused client, and one that waits for another to deliver, never wake up", "[idle]") {
  expect_idle_in_namespace([](test::Complaints& complaints) {
    TemporaryFolder folder;
    Client first(live_options(folder, "http://127.0.0.1:9/v1"));
    first.pause("test");
    Client second(live_options(folder, "http://127.0.0.1:9/v1"));
    file(second, ada, {{"x", 1}});
    expect_idle(complaints, "paused, two clients");
  });
}

// Fork.

TEST_CASE("P4: after fork every call is refused in the child, and the parent goes on", "[P4]") {
  LiveServer server;
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(live_options(folder, server.endpoint()));
  file(*client, record_of(0), {{"x", 1}});
  REQUIRE(client->drain(long_enough));
  const auto said = test::complaint_of_child([&]() -> std::string {
    test::Complaints complaints;
    Draft draft;
    draft.record = ada;
    const SubmissionId id{};
    const std::pair<const char*, std::function<void()>> calls[] = {
        {"edit", [&] { client->edit(ada); }},
        {"save", [&] { client->save(draft); }},
        {"autosave", [&] { client->autosave(draft); }},
        {"drafts", [&] { client->drafts(); }},
        {"discard", [&] { client->discard(draft); }},
        {"submit", [&] { client->submit(draft); }},
        {"submit_all",
         [&] {
           client->submit_all({&draft, 1});
         }},
        {"remove", [&] { client->remove(ada); }},
        {"submission", [&] { client->submission(id); }},
        {"outbox", [&] { client->outbox(); }},
        {"content", [&] { client->content(id); }},
        {"explain", [&] { client->explain(id); }},
        {"withdraw", [&] { client->withdraw(id); }},
        {"withdraw_from", [&] { client->withdraw_from(id); }},
        {"amend", [&] { client->amend(id); }},
        {"retry", [&] { client->retry(id); }},
        {"conflicts", [&] { client->conflicts(); }},
        {"resolve", [&] { client->resolve(id, Resolution::ours(), std::nullopt); }},
        {"flush", [&] { client->flush(); }},
        {"drain", [&] { client->drain(milliseconds(1)); }},
        {"pause", [&] { client->pause("x"); }},
        {"resume", [&] { client->resume(); }},
        {"set_network", [&] { client->set_network(Path::online); }},
        {"refresh", [&] { client->refresh(ada); }},
        {"status", [&] { client->status(); }},
        {"history", [&] { client->history(); }},
        {"verify_history", [&] { client->verify_history(); }},
        {"step", [&] { client->step(); }},
        {"on_event", [&] { static_cast<void>(client->on_event([](const Event&) {})); }},
    };
    for (const auto& [name, call] : calls) {
      const std::string code = test::code_of(call);
      complaints.expect(code == "wrong_process", std::string(name) + " said " + code);
    }
    client.reset();
    const std::string own =
        test::code_of([&] { Client another(live_options(folder, server.endpoint())); });
    complaints.expect(own == "wrong_process", "a client of its own said " + own);
    return complaints.text();
  });
  CHECK(said == "");
  CHECK(client->status().delivering);
  file(*client, record_of(2), {{"x", 1}});
  CHECK(client->drain(long_enough));
  CHECK(server.effects() == 2);
}

}  // namespace
}  // namespace lodge
