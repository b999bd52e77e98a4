#include <filesystem>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "client/process/os_support.hpp"

namespace lodge {
namespace {

namespace fs = std::filesystem;
using test::CallCount;
using test::live_options;
using test::LiveServer;
using test::TemporaryFolder;

/// A store with some forms, closed, whose log is gone: what was filed since it was made is lost.
std::int64_t lose_log(const Options& options) {
  std::int64_t entries = 0;
  {
    Client client(options);
    for (int i = 0; i < 3; ++i) test::file(client, {"f", std::to_string(i)}, {{"x", i}});
    client.drain(std::chrono::seconds(20));
    entries = client.verify_history().entries;
  }
  fs::remove(options.store + "-wal");
  return entries;
}

TEST_CASE("D7: whoever opens a store whose end is lost is told, by event, status, log and history",
          "[D7]") {
  LiveServer server;
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  const auto entries = lose_log(options);
  std::vector<std::string> logged;
  options.log = [&](const LogLine& line) {
    if (line.event == "store.history_lost") logged.push_back(line.words);
  };
  {
    Client client(options);
    CHECK(logged.size() == 1);
    CHECK(client.status().lost_entries > 0);
    CHECK(client.status().lost_entries <= entries);
    CallCount told;
    std::string words;
    const auto events = client.on_event([&](const Event& event) {
      if (event.kind != EventKind::history_lost) return;
      words = event.words;
      told.add();
    });
    REQUIRE(told.reaches(1));
    CHECK(words.find("entry " + std::to_string(entries)) != std::string::npos);
    CHECK(client.verify_history().lost == client.status().lost_entries);
    // The person goes on.
    test::file(client, {"f", "0"}, {{"x", 100}});
    CHECK(client.drain(std::chrono::seconds(20)));
  }
  CHECK(server.doubled() == 0);
  logged.clear();
  const Client again(options);
  CHECK(logged.empty());
}

TEST_CASE("D7: a client that sleeps has brought the mark up to date, and sleeps on", "[D7]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  Client client(options);
  test::file(client, {"f", "1"}, {{"x", 1}});
  REQUIRE(client.drain(std::chrono::seconds(20)));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  Verdict verdict = client.verify_history();
  while (verdict.marked < verdict.entries && std::chrono::steady_clock::now() < deadline) {
    test::stay_idle_for(std::chrono::milliseconds(20));
    verdict = client.verify_history();
  }
  CHECK(verdict.marked == verdict.entries);
  test::stay_idle_for(std::chrono::milliseconds(200));
  const long before = test::switches_of_threads("lodge-worker");
  test::stay_idle_for(std::chrono::milliseconds(1'200));
  CHECK(test::switches_of_threads("lodge-worker") == before);
}

}  // namespace
}  // namespace lodge
