#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <optional>
#include <thread>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fair_time.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::code_of;
using test::file;
using test::ForkedClient;
using test::live_options;
using test::LiveServer;
using test::Say;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(30);

/// Delivers until it is killed.
ForkedClient deliverer(const Options& options) {
  return ForkedClient([options](const Say& say) {
    Client client(options);
    client.flush(std::chrono::seconds(5));
    say(client.status().delivering ? "delivering" : "waiting");
    for (;;) ::poll(nullptr, 0, -1);
  });
}

RecordId record_of(int i) { return {"f", "r" + std::to_string(i)}; }

TEST_CASE(
    "P3: a deliverer that is stopped with forms in the air, and let go on: nothing is doubled",
    "[P3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ForkedClient holder = deliverer(options);
  REQUIRE(holder.says("delivering"));
  Client client(options);
  server.set_weather(demo::Delivery::hang);  // the server has them, the answers are under way
  std::vector<SubmissionId> ids;
  for (int i = 0; i < 6; ++i) ids.push_back(file(client, record_of(i), {{"x", i}}).id);
  REQUIRE(server.wait_for_requests(6));
  holder.stop();
  server.set_weather(demo::Delivery::answer);
  // Behind those in the air, and on a record of its own.
  ids.push_back(file(client, record_of(0), {{"x", 100}}).id);
  const Submission waits = file(client, record_of(9), {{"x", 9}});
  ids.push_back(waits.id);
  CHECK_FALSE(client.drain(milliseconds(500)));
  CHECK_FALSE(client.status().delivering);
  const Explanation why = client.explain(waits.id);
  CHECK(name(why.hold.reason) == "other_process");
  CHECK(why.words.find("process " + std::to_string(holder.pid())) != std::string::npos);
  CHECK(why.words.find("last active ") != std::string::npos);
  holder.go_on();
  // The answers never come: the holder's own patience ends first, or it is replaced.
  holder.kill();
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 8);
  CHECK(server.doubled() == 0);
  CHECK(client.verify_history().intact);
}

TEST_CASE("P3: stopped and let go on again and again, a deliverer doubles and loses nothing",
          "[P3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  std::optional<ForkedClient> holder(deliverer(options));
  REQUIRE(holder->says("delivering"));
  Client client(options);
  const int rounds = test::is_large() ? 1'000 : 30;
  for (int i = 0; i < rounds; ++i) {
    holder->stop();
    // Perhaps in the middle of a commit: then the others wait for it.
    auto filing = std::async(std::launch::async, [&] {
      file(client, record_of(i % 7), {{"x", i}});
    });
    filing.wait_for(milliseconds(20));
    holder->go_on();
    filing.get();
    if (i % 3 == 0) server.wait_for_requests(static_cast<std::uint64_t>(i) + 1);
  }
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == static_cast<std::size_t>(rounds));
  CHECK(server.doubled() == 0);
}

TEST_CASE("P1: after kill -9 of the deliverer another sends within a second", "[P1]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  const int rounds = test::is_large() ? 200 : 10;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    ForkedClient holder = deliverer(options);
    REQUIRE(holder.says("delivering"));
    ForkedClient heir = deliverer(options);
    REQUIRE(heir.says("waiting"));
    holder.stop();
    {
      Options writer = options;
      writer.deliver = false;
      Client client(writer);
      file(client, record_of(round), {{"x", round}});
    }
    const auto before = server.requests();
    const auto killed = steady_clock::now();
    const test::FairTime fair;
    holder.kill();
    REQUIRE(server.wait_for_requests(before + 1));
    CHECK(fair.passed() < std::chrono::seconds(1));
    times.push_back(
        std::chrono::duration<double, std::milli>(steady_clock::now() - killed).count());
  }
  std::ranges::sort(times);
  std::printf("takeover after kill -9, to the first request: median %.1f ms, longest %.1f ms\n",
              times[times.size() / 2], times.back());
  CHECK(server.doubled() == 0);
}

TEST_CASE("P2: of six that deliver and file at once one delivers at a time, and nothing is doubled",
          "[P2]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  constexpr int clients = 6;
  const int forms = test::is_large() ? 500 : 20;
  std::vector<ForkedClient> all;
  for (int c = 0; c < clients; ++c) {
    all.emplace_back([options, c, forms](const Say& say) {
      Client client(options);
      for (int i = 0; i < forms; ++i)
        file(client, {"f", std::to_string(c) + "-" + std::to_string(i % 5)}, {{"x", i}});
      say(client.drain(std::chrono::seconds(60)) ? "drained" : "not drained");
    });
  }
  for (ForkedClient& one : all) CHECK(one.says("drained"));
  for (ForkedClient& one : all) CHECK(one.wait() == 0);
  CHECK(server.effects() == static_cast<std::size_t>(clients * forms));
  CHECK(server.doubled() == 0);
}

// Not a test: what a forked child becomes by exec.
TEST_CASE("a client after exec", "[.][after-exec]") {
  const char* const store = std::getenv("LODGE_AFTER_EXEC_STORE");
  if (store == nullptr) return;
  Options options;
  options.store = store;
  options.endpoint = std::getenv("LODGE_AFTER_EXEC_ENDPOINT");
  options.deliver = false;
  Client client(options);
  file(client, record_of(2), {{"x", 2}});
}

TEST_CASE(
    "P4: in a child forked from a program with an open client every call is refused, and so is a "
    "client of its own until exec; the parent goes on",
    "[P4]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ForkedClient program([options](const Say& say) {
    auto client = std::make_unique<Client>(options);
    file(*client, record_of(1), {{"x", 1}});
    client->drain(std::chrono::seconds(20));
    const auto in_child = [&](const Say& says) {
      says("a call: " + code_of([&] { client->status(); }));
      client.reset();
      says("its own: " + code_of([&] { Client own(options); }));
      ::setenv("LODGE_AFTER_EXEC_STORE", options.store.c_str(), 1);
      ::setenv("LODGE_AFTER_EXEC_ENDPOINT", options.endpoint.c_str(), 1);
      ::execl("/proc/self/exe", "processes_tests", "[after-exec]", "-o", "/dev/null", nullptr);
      ::_exit(127);
    };
    ForkedClient child(in_child, ForkedClient::Descriptors::inherited);
    say(child.says("a call: wrong_process") ? "refused" : "not refused");
    say(child.says("its own: wrong_process") ? "refused" : "not refused");
    say(child.wait() == 0 ? "after exec it worked" : "it did not end well");
    file(*client, record_of(3), {{"x", 3}});
    say(client->drain(std::chrono::seconds(20)) ? "drained" : "not drained");
  });
  CHECK(program.says("refused"));
  CHECK(program.says("refused"));
  CHECK(program.says("after exec it worked"));
  CHECK(program.says("drained"));
  CHECK(server.effects() == 3);
  CHECK(server.doubled() == 0);
}

TEST_CASE("P9: a form in the air at three kills in a row waits, and explain says why", "[P9]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  Options writer = options;
  writer.deliver = false;
  SubmissionId id;
  {
    Client client(writer);
    id = file(client, record_of(1), {{"x", 1}}).id;
  }
  server.set_weather(demo::Delivery::hang);
  for (int death = 1; death <= 3; ++death) {
    const auto before = server.requests();
    ForkedClient doomed([options](const Say&) {
      const Client client(options);
      for (;;) ::poll(nullptr, 0, -1);
    });
    REQUIRE(server.wait_for_requests(before + 1));
    doomed.kill();
  }
  server.set_weather(demo::Delivery::answer);
  Client client(options);
  CHECK_FALSE(client.drain(milliseconds(300)));
  const Explanation why = client.explain(id);
  INFO(why.words);
  CHECK(name(why.hold.reason) == "backing_off");
  CHECK(why.words.find("ended three times in a row") != std::string::npos);
  REQUIRE(why.hold.until);
  CHECK(*why.hold.until > test::wall_now() + std::chrono::minutes(10));
  client.resume();  // a person may say: try it now
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 1);
  CHECK(server.doubled() == 0);
}

}  // namespace
}  // namespace lodge
