#include <cstdio>
#include <random>

#include "processes/parts.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using test::LiveServer;
using test::Part;
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

}  // namespace
}  // namespace lodge
