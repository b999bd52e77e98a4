#include <cstdio>
#include <random>

#include "processes/parts.hpp"
#include "storage/store.hpp"
#include "support/catch.hpp"
#include "support/shared_numbers.hpp"
#include "support/system_calls.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::file;
using test::ForkedClient;
using test::LiveServer;
using test::Part;
using test::Say;
using test::SharedNumbers;
using test::TemporaryFolder;
using test::system_calls::From;

Options undelivered(const TemporaryFolder& folder) {
  Options options = test::live_options(folder, "https://forms.example.org/v1");
  options.deliver = false;
  return options;
}

/// The calls of the system in making a store that nobody else touches.
std::int64_t calls_of_a_creation() {
  TemporaryFolder folder;
  ForkedClient maker([options = undelivered(folder)](const Say& say) {
    test::system_calls::watch();
    test::system_calls::kill_at(0, From::now);
    const Client client(options);
    say(std::to_string(test::system_calls::counted()));
  });
  const auto said = maker.lines(std::chrono::seconds(20));
  REQUIRE(said.size() == 1);
  return std::stoll(said.front());
}

/// Begins the store, with an end at that call.
ForkedClient doomed_maker(const Options& options, const SharedNumbers& numbers, int meeting,
                          std::int64_t nth) {
  return ForkedClient([options, &numbers, meeting, nth](const Say& say) {
    test::system_calls::watch();
    test::system_calls::kill_at(nth, From::now);
    numbers.meet(0, meeting);
    const Client client(options);
    say("survived");
  });
}

ForkedClient filer(const Options& options, const SharedNumbers& numbers, int meeting, int which) {
  return ForkedClient([options, &numbers, meeting, which](const Say& say) {
    numbers.meet(0, meeting);
    Client client(options);
    file(client, {"f", std::to_string(which)}, {{"by", which}});
    say("filed");
  });
}

TEST_CASE(
    "P1, D16: kill -9 at one call after the other while a store is made and migrated: those who "
    "come after, or at the same moment, have it whole",
    "[P1][P16][D16]") {
  const std::int64_t calls = calls_of_a_creation();
  REQUIRE(calls > 20);
  const std::int64_t step = test::is_large() ? 1 : calls / 20 + 1;
  int killed = 0;
  int rounds = 0;
  for (std::int64_t nth = 1; nth <= calls; nth += step) {
    for (const bool at_once : {false, true}) {
      INFO("at call " << nth << " of " << calls << (at_once ? ", two others beside it" : ""));
      TemporaryFolder folder;
      const Options options = undelivered(folder);
      const SharedNumbers numbers;
      ForkedClient doomed = doomed_maker(options, numbers, at_once ? 3 : 1, nth);
      if (!at_once) killed += doomed.wait() == -1 ? 1 : 0;
      ForkedClient one = filer(options, numbers, at_once ? 3 : 1, 1);
      ForkedClient two = filer(options, numbers, at_once ? 3 : 1, 2);
      CHECK(one.lines(std::chrono::seconds(20)) == std::vector<std::string>{"filed"});
      CHECK(two.lines(std::chrono::seconds(20)) == std::vector<std::string>{"filed"});
      if (at_once) killed += doomed.wait() == -1 ? 1 : 0;
      storage::Store store({.path = options.store});
      CHECK(store.broken_invariants() == std::vector<std::string>{});
      CHECK(store.verify_history().intact);
      CHECK(store.tally().counts[static_cast<std::size_t>(State::pending)] == 2);
      ++rounds;
    }
  }
  CHECK(killed >= rounds / 2);  // all that were alone, and some of the others
  std::printf("kill -9 while a store is made: %lld calls, %d rounds, %d killed\n",
              static_cast<long long>(calls), rounds, killed);
}

/// Gives up one draft after the other, which empties the log each time, until it is killed in that.
void discard_for_ever(Client& client) {
  for (int i = 0;; ++i) {
    Draft draft = client.edit({"d", "given up"});
    draft.content = {{"text", std::string(100'000, 'x')}, {"i", i}};
    client.save(draft);
    client.discard(draft);
  }
}

/// Makes the log long until it is cut, and is killed in that.
void write_for_ever(storage::Store& store) {
  for (int i = 0;; ++i)
    store.set_fact("n", std::to_string(i) + std::string(200'000, 'x'), {Time{}, "a", ""});
}

TEST_CASE(
    "P1: kill -9 inside a checkpoint, with others writing: nothing acknowledged is lost, doubled "
    "or out of order",
    "[P1]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int rounds = test::is_large() ? 2'000 : 20;
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  Options silent = options;
  silent.deliver = false;
  std::deque<Part> parts;
  parts.emplace_back(0, test::Role{.writes = true});
  parts.emplace_back(1, test::Role{.writes = true, .delivers = true});
  for (Part& part : parts) part.start(options);
  int killed = 0;
  const auto begun = std::chrono::steady_clock::now();
  for (int round = 0; round < rounds; ++round) {
    test::wait_for_words(parts, 4, std::chrono::seconds(20));
    const bool long_log = round % 5 == 4;
    const std::int64_t nth =
        round < rounds / 2 ? 1 + round : 1 + random() % (long_log ? 3'000 : 60);
    ForkedClient doomed([&](const Say&) {
      test::system_calls::watch();
      test::system_calls::kill_at(nth, From::first_write_to_store);
      if (long_log) {
        storage::Store store({.path = options.store});
        write_for_ever(store);
      }
      Client client(silent);
      discard_for_ever(client);
    });
    killed += doomed.wait() == -1 ? 1 : 0;
    if (round % 4 == 3)
      for (Part& part : parts) {
        part.kill();
        part.start(options);
      }
  }
  CHECK(killed == rounds);
  const auto took = std::chrono::steady_clock::now() - begun;
  const std::size_t filed = test::judge(parts, server, options);
  std::printf("kill -9 inside a checkpoint: seed %u, %d rounds, %.1f ms a round, %zu forms\n",
              static_cast<unsigned>(seed), rounds,
              std::chrono::duration<double, std::milli>(took).count() / rounds, filed);
}

}  // namespace
}  // namespace lodge
