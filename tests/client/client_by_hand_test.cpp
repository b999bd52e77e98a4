// Calls that wait, on a client without threads.

#include <atomic>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/fair_time.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using test::ada;
using test::file;
using test::live_options;
using test::LiveServer;
using test::state_of;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(30);

Options quiet_options(const TemporaryFolder& folder, const LiveServer& server) {
  Options options = live_options(folder, server.endpoint());
  options.threads = false;
  return options;
}

TEST_CASE("without threads flush, drain and refresh wait for the server's answers") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(quiet_options(folder, server));
  const Submission first = file(client, ada, {{"x", 1}});
  CHECK(client.flush(long_enough).waiting() == 0);
  CHECK(state_of(client, first.id) == "delivered");
  for (int i = 0; i < 40; ++i) file(client, {"f", std::to_string(i % 8)}, {{"x", i}});
  CHECK(client.drain(long_enough));
  CHECK(server.effects() == 41);
  server.edit(ada, {{"x", 2}});
  CHECK(client.refresh(ada, long_enough).record.presence == Presence::present);
  CHECK(client.edit(ada).content == json{{"x", 2}});
}

TEST_CASE("without threads a call that waits gives up when its patience ends, and not before") {
  LiveServer server;
  TemporaryFolder folder;
  Client client(quiet_options(folder, server));
  server.set_weather(demo::Delivery::hang);
  file(client, ada, {{"x", 1}});
  const test::FairTime fair;
  const auto begun = std::chrono::steady_clock::now();
  CHECK(client.flush(milliseconds(50)).waiting() == 1);
  CHECK_FALSE(client.drain(milliseconds(50)));
  const auto error = test::error_of([&] { client.refresh({"f", "1"}, milliseconds(50)); });
  REQUIRE(error);
  CHECK(error->code() == Errc::io);
  CHECK(std::string(error->what()).find("in time") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - begun >= milliseconds(150));
  CHECK(fair.passed() < std::chrono::seconds(5));
}

TEST_CASE("without threads a drain tries again after a back-off, and saves what is typed") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = quiet_options(folder, server);
  options.autosave_idle = milliseconds(1);
  Client client(options);
  server.set_weather(demo::Delivery::drop_before);
  const Submission form = file(client, ada, {{"x", 1}});
  client.flush(long_enough);
  REQUIRE(state_of(client, form.id) != "delivered");
  server.set_weather(demo::Delivery::answer);
  Draft typed = client.edit({"f", "typed"});
  typed.content["text"] = "words";
  client.autosave(typed);
  CHECK(client.drain(long_enough));
  CHECK(client.status().drafts == 1);
}

TEST_CASE("a host's loop is told of a drain once, when it has ended, however many replies came") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = quiet_options(folder, server);
  std::atomic<int> wakes{0};
  options.wake = [&] { ++wakes; };
  Client client(options);
  for (int i = 0; i < 20; ++i) file(client, {"f", std::to_string(i)}, {{"x", i}});
  CHECK(wakes == 1);
  CHECK(client.drain(long_enough));
  CHECK(wakes == 2);
}

TEST_CASE("on a clock of the host's nothing waits, and a refresh says what comes instead") {
  test::Kiosk kiosk;
  Client& client = kiosk.open();
  kiosk.server.edit(ada, {{"x", 1}}, kiosk.clock->now());
  kiosk.wire->hold();
  const auto begun = std::chrono::steady_clock::now();
  const auto error = test::error_of([&] { client.refresh(ada, std::chrono::hours(24)); });
  CHECK(std::chrono::steady_clock::now() - begun < long_enough);
  REQUIRE(error);
  CHECK(error->code() == Errc::io);
  CHECK(std::string(error->what()).find("later step") != std::string::npos);
  kiosk.wire->release_all();
  client.step();
  CHECK(client.edit(ada).content == json{{"x", 1}});
}

}  // namespace
}  // namespace lodge
