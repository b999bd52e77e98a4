#include <cstdio>
#include <random>

#include "processes/parts.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::LiveServer;
using test::Part;
using test::TemporaryFolder;

// Who waits in vain for a turn heeds none after a second, and gives up after ten.
constexpr milliseconds a_pause(200);
constexpr milliseconds a_long_pause(1'200);
constexpr milliseconds longer_than_a_write_waits(10'500);

TEST_CASE(
    "P3, P12: four processes that file and deliver are stopped one by one, for longer than anybody "
    "holds or awaits a lock: nothing is lost, doubled or out of order, and all go on",
    "[P3][P12]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int rounds = test::is_large() ? 3'000 : 30;
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  std::deque<Part> parts;
  for (int i = 0; i < 4; ++i) {
    parts.emplace_back(i, test::Role{.writes = true, .delivers = true, .patient = true});
    parts.back().start(options);
  }
  int in_the_way = 0;
  for (int round = 0; round < rounds; ++round) {
    test::wait_for_words(parts, 1 + static_cast<int>(random() % 12), std::chrono::seconds(20));
    Part& chosen = parts[random() % parts.size()];
    chosen.process().stop();
    chosen.listen(milliseconds(0));
    const bool longest = test::is_large() && round % 100 == 99;
    const milliseconds pause = longest           ? longer_than_a_write_waits
                               : round % 10 == 9 ? a_long_pause
                                                 : a_pause;
    // As many as the others can file meanwhile; none, where it was stopped in the middle of a
    // write.
    const int others = test::wait_for_words(parts, longest ? 1'000'000 : 60, pause);
    in_the_way += others == 0 ? 1 : 0;
    chosen.process().go_on();
  }
  // Each comes to its turn again.
  for (Part& part : parts) {
    const int before = part.heard();
    part.listen(std::chrono::seconds(20));
    CHECK(part.heard() > before);
  }
  const std::size_t filed = test::judge(parts, server, options);
  std::printf(
      "pauses: seed %u, %d rounds, in %d of them the stopped one was in the way, %zu forms\n",
      static_cast<unsigned>(seed), rounds, in_the_way, filed);
}

}  // namespace
}  // namespace lodge
