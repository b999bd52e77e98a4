#include <poll.h>

#include <cstdio>
#include <random>

#include "processes/parts.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using test::ForkedClient;
using test::LiveServer;
using test::Part;
using test::Say;
using test::TemporaryFolder;

constexpr auto patience_for_words = std::chrono::seconds(20);

TEST_CASE(
    "P1: kill -9 of writers and deliverers, round after round: nothing acknowledged is lost, "
    "doubled or out of order, and no loss is reported",
    "[P1][D7]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int rounds = test::is_large() ? 5'000 : 200;
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  std::deque<Part> parts;
  for (int i = 0; i < 3; ++i) parts.emplace_back(i, test::Role{.writes = true});
  parts.emplace_back(3, test::Role{.writes = false, .delivers = true});
  for (Part& part : parts) part.start(options);
  const auto begun = std::chrono::steady_clock::now();
  for (int round = 0; round < rounds; ++round) {
    test::wait_for_words(parts, 1 + static_cast<int>(random() % 12), patience_for_words);
    const bool all = random() % 10 == 0;
    const auto chosen = random() % parts.size();
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (all || i == chosen) parts[i].kill();
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (all || i == chosen) parts[i].start(options);
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  const std::size_t filed = test::judge(parts, server, options);
  std::printf("kill -9: seed %u, %d rounds, %.1f ms a round, %zu forms acknowledged\n",
              static_cast<unsigned>(seed), rounds,
              std::chrono::duration<double, std::milli>(took).count() / rounds, filed);
}

TEST_CASE("control: the judge of kill rounds waits for a form in the air at the last three kills") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  std::deque<Part> parts;
  parts.emplace_back(0, test::Role{.writes = true});
  parts.front().start(options);
  test::wait_for_words(parts, 3, patience_for_words);
  parts.front().kill();
  server.set_weather(demo::Delivery::hang);
  for (int death = 1; death <= 3; ++death) {
    const auto before = server.requests();
    ForkedClient doomed([&](const Say&) {
      const Client client(options);
      for (;;) ::poll(nullptr, 0, -1);
    });
    REQUIRE(server.wait_for_requests(before + 1));
    doomed.kill();
  }
  server.set_weather(demo::Delivery::answer);
  CHECK(test::judge(parts, server, options) > 0);
}

}  // namespace
}  // namespace lodge
