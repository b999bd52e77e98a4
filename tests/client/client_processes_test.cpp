#include <cstdlib>
#include <random>
#include <thread>

#include "client/after_kills.hpp"
#include "client/client_case.hpp"
#include "client/client_child.hpp"
#include "client/live_server.hpp"
#include "support/fair_time.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::ClientChild;
using test::file;
using test::live_options;
using test::LiveServer;
using test::TemporaryFolder;
using Part = test::ClientChild::Part;

constexpr auto long_enough = std::chrono::seconds(30);

RecordId record_of(int i) { return {"f", "r" + std::to_string(i)}; }

// Waits in drain() for the state; never longer than the patience.
bool becomes(Client& client, const std::function<bool()>& holds,
             std::chrono::seconds patience = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    client.drain(milliseconds(20));
    std::this_thread::yield();
  }
  return true;
}

TEST_CASE("P2: of two programs on one store one delivers, and what the other files goes too",
          "[P2]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::deliver, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  Client client(options);
  for (int i = 0; i < 20; ++i) file(client, record_of(i), {{"x", i}});
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 20);
  CHECK_FALSE(client.status().delivering);
  CHECK(client.status().delivered_by.find(std::to_string(child.pid())) != std::string::npos);
}

TEST_CASE("P2: a form that another program files is seen and sent without a poll", "[P2]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  Client client(options);
  REQUIRE(client.drain(long_enough));
  REQUIRE(becomes(client, [&] { return client.status().delivering; }));
  ClientChild writer(Part::write, options.store, options.endpoint, "writer", 10);
  REQUIRE(writer.wait_for("done"));
  CHECK(server.wait_for_requests(10));
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 10);
}

TEST_CASE("P1: when the deliverer is killed another takes over, and nothing is doubled", "[P1]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::deliver, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  Client client(options);
  server.set_weather(demo::Delivery::hang);  // the server has them, the deliverer never learns
  for (int i = 0; i < 8; ++i) file(client, record_of(i), {{"x", i}});
  REQUIRE(server.wait_for_requests(8));
  server.set_weather(demo::Delivery::answer);
  child.kill();
  const test::FairTime since_killed;
  CHECK(becomes(client, [&] { return client.status().delivering; }));
  CHECK(since_killed.passed() < std::chrono::seconds(1));
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 8);
  CHECK(server.doubled() == 0);
  CHECK(client.verify_history().intact);
}

TEST_CASE("P1: a deliverer that closes in order hands over at once", "[P1]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  auto first = std::make_unique<Client>(options);
  REQUIRE(becomes(*first, [&] { return first->status().delivering; }));
  Client second(options);
  second.drain(milliseconds(1));
  CHECK_FALSE(second.status().delivering);
  first.reset();
  CHECK(becomes(second, [&] { return second.status().delivering; }));
  file(second, record_of(1), {{"x", 1}});
  CHECK(second.drain(long_enough));
}

TEST_CASE("P3: a stopped deliverer is named, with its pid, and goes on when it is let", "[P3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::deliver, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  child.stop();
  Client client(options);
  const Submission submission = file(client, record_of(1), {{"x", 1}});
  CHECK_FALSE(client.drain(milliseconds(300)));
  const Explanation why = client.explain(submission.id);
  CHECK(name(why.hold.reason) == "other_process");
  CHECK(why.hold.words.find(std::to_string(child.pid())) != std::string::npos);
  CHECK(client.status().delivered_by.find(std::to_string(child.pid())) != std::string::npos);
  CHECK_FALSE(client.status().delivering);
  child.go_on();
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 1);
}

TEST_CASE("P3: a stopped deliverer that is killed is replaced", "[P3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::deliver, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  child.stop();
  Client client(options);
  file(client, record_of(1), {{"x", 1}});
  CHECK_FALSE(client.drain(milliseconds(100)));
  child.kill();
  CHECK(client.drain(long_enough));
}

TEST_CASE("P4: a child that a killed deliverer left behind does not keep the turn", "[P4]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::idle, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  Client client(options);
  ::kill(child.pid(), SIGKILL);  // its own child lives on
  file(client, record_of(1), {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(client.status().delivering);
}

TEST_CASE("two programs see each other's drafts, pauses and refusals at once") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ClientChild child(Part::deliver, options.store, options.endpoint, "child");
  REQUIRE(child.wait_until_open());
  Client client(options);
  client.pause("from the other program");
  const Submission submission = file(client, record_of(1), {{"x", 1}});
  CHECK_FALSE(client.drain(milliseconds(200)));
  CHECK(server.requests() == 0);
  CHECK(test::hold_of(client, submission.id) == "paused");
  client.resume();
  CHECK(client.drain(long_enough));
}

// kill -9, again and again.

int rounds() {
  const char* size = std::getenv("LODGE_TEST_SIZE");
  return size != nullptr && std::string(size) == "large" ? 300 : 4;
}

TEST_CASE("P1: kill -9 of writers and deliverers, round after round: the server's ledger is judge",
          "[P1]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  constexpr int forms = 15;
  std::vector<std::pair<std::string, int>> acknowledged;
  for (int round = 0; round < rounds(); ++round) {
    const std::string number = std::to_string(round);
    ClientChild deliverer(Part::deliver, options.store, options.endpoint, "d");
    ClientChild left(Part::write, options.store, options.endpoint, "left" + number, forms);
    ClientChild right(Part::write, options.store, options.endpoint, "right" + number, forms);
    const auto seen = server.requests();
    server.wait_for_requests(seen + 1 + random() % forms);
    deliverer.kill();
    right.wait_for("filed right" + number + "-" + std::to_string(random() % forms));
    right.kill();
    CHECK(left.wait_for("done"));
    acknowledged.emplace_back("left" + number, left.filed());
    acknowledged.emplace_back("right" + number, right.filed());
  }
  Client client(test::after_kills(options));
  CHECK(client.drain(std::chrono::seconds(60)));
  for (const Submission& one : client.outbox()) UNSCOPED_INFO(client.explain(one.id).words);
  CHECK(client.status().waiting() == 0);
  for (const auto& [name, count] : acknowledged) {
    for (int i = 0; i < count; ++i) {
      const RecordId record{"f", name + "-" + std::to_string(i)};
      INFO(record.key);
      CHECK(server.effects_of(record) == 1);
    }
  }
  CHECK(server.doubled() == 0);
  CHECK(static_cast<std::int64_t>(server.effects()) == client.status().count(State::delivered));
  const Verdict verdict = client.verify_history();
  INFO(verdict.sentence);
  CHECK(verdict.intact);
}

}  // namespace
}  // namespace lodge
