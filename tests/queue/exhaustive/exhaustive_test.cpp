#include <functional>
#include <iostream>
#include <unordered_map>

#include "queue/exhaustive/events.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

// Every sequence of events up to a depth. Sequences that lead to the same state are followed once
// and counted all.
namespace {

using namespace lodge;
using namespace lodge::test;

struct Trail {
  World world{};
  std::uint64_t sequences = 1;  ///< that end here
  std::vector<Event> events{};  ///< of the first of them
};

struct Found {
  std::uint64_t sequences = 0;
  std::uint64_t states = 0;
  std::uint64_t steps = 0;
  std::uint64_t healed = 0;
  std::string broken{};
};

std::string story(const std::string& broken, const std::vector<Event>& events) {
  std::string text = broken + ":";
  for (const Event& event : events) text += "\n  " + text_of(event);
  return text;
}

using Level = std::unordered_map<std::string, Trail>;

// True when a promise broke.
bool judge(Found& found, const Trail& trail, const Play& play, bool heal) {
  std::string broken = broken_promise(trail.world, play.profile);
  if (broken.empty() && heal) {
    ++found.healed;
    broken = stuck(trail.world, play);
  }
  if (broken.empty()) return false;
  found.broken = story(broken, trail.events);
  return true;
}

Found explore(const Play& play, int depth, int heal_every) {
  Found found;
  Level level;
  level[""] = {.world = begin(play.scenario)};
  for (int i = 0; i < depth; ++i) {
    Level next;
    for (const auto& [bytes, trail] : level) {
      for (const Event& event : events_of(trail.world, play)) {
        World world = trail.world;
        apply(world, event, play);
        ++found.steps;
        found.sequences += trail.sequences;
        const auto [place, is_new] = next.try_emplace(signature(world));
        place->second.sequences += trail.sequences;
        if (!is_new) continue;
        ++found.states;
        Trail& there = place->second;
        there = {.world = std::move(world), .sequences = trail.sequences, .events = trail.events};
        there.events.push_back(event);
        if (judge(found, there, play, found.states % static_cast<std::uint64_t>(heal_every) == 0)) {
          return found;
        }
      }
    }
    level = std::move(next);
  }
  return found;
}

Play play_of(Scenario scenario) {
  return {.scenario = scenario, .profile = a_profile(scenario.policy)};
}

}  // namespace

TEST_CASE("whatever happens in whatever order, the ten promises hold", "[exhaustive]") {
  const Scenario scenarios[] = {
      {.name = "a change, its follower and a new record", .depth = 8, .large_depth = 9},
      {.name = "all three submitted", .submitted = 3, .depth = 5, .large_depth = 7},
      {.name = "a change and its removal", .follower_removes = true, .submitted = 2},
      {.name = "a change, the server's members win",
       .policy = ConflictPolicy::theirs,
       .submitted = 1,
       .large_depth = 8},
      {.name = "a change, a person merges",
       .policy = ConflictPolicy::manual,
       .submitted = 2,
       .depth = 5},
      {.name = "two records, and the server just failed with two others",
       .failed = 2,
       .submitted = 3,
       .depth = 5},
  };
  std::uint64_t sequences = 0;
  for (const Scenario& scenario : scenarios) {
    const int depth = is_large() ? scenario.large_depth : scenario.depth;
    CAPTURE(scenario.name, depth);
    const Found found = explore(play_of(scenario), depth, is_large() ? 2 : 12);
    std::cout << scenario.name << ": " << found.sequences << " sequences of up to " << depth
              << " events, " << found.states << " states, " << found.steps << " steps, "
              << found.healed << " healed\n";
    CHECK(found.broken == "");
    sequences += found.sequences;
  }
  CHECK(sequences > 3'000'000);
}
