#include "client/autosave/autosave_schedule.hpp"

#include <map>
#include <random>

#include "support/catch.hpp"

namespace {

using lodge::Duration;
using lodge::SubmissionId;
using lodge::Time;
using lodge::client::AutosaveSchedule;
using namespace std::chrono_literals;

const SubmissionId one{{1}};
const SubmissionId two{{2}};

Time at(Duration since_start) { return Time(1'000'000s) + since_start; }

}  // namespace

TEST_CASE("nothing is due before anything was put") {
  AutosaveSchedule schedule;
  CHECK_FALSE(schedule.next());
  CHECK_FALSE(schedule.due(at(0ms)));
}

TEST_CASE("a draft is due 250 ms after its last change") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  CHECK(schedule.next() == at(250ms));
  schedule.put(one, at(200ms));
  CHECK(schedule.next() == at(450ms));
  CHECK_FALSE(schedule.due(at(449ms)));
  CHECK(schedule.due(at(450ms)) == one);
}

TEST_CASE("typing without a pause is saved 2 s after it began, and again") {
  AutosaveSchedule schedule;
  Duration now = 0ms;
  for (; now <= 1900ms; now += 100ms) schedule.put(one, at(now));
  CHECK(schedule.next() == at(2000ms));
  schedule.started(one, at(2000ms));
  schedule.saved(one);
  CHECK_FALSE(schedule.next());
  for (now = 2100ms; now <= 4000ms; now += 100ms) schedule.put(one, at(now));
  CHECK(schedule.next() == at(4100ms));
}

TEST_CASE("what is put during a save is not due until the save has ended") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  schedule.started(one, at(250ms));
  schedule.put(one, at(260ms));
  CHECK_FALSE(schedule.next());
  CHECK_FALSE(schedule.due(at(10s)));
  schedule.saved(one);
  CHECK(schedule.next() == at(510ms));
}

TEST_CASE("a failed save is tried again after 1, 2, 4 ... 30 s") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  Time now = at(250ms);
  for (const Duration wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    REQUIRE(schedule.due(now) == one);
    schedule.started(one, now);
    CHECK_FALSE(schedule.next());
    now += 5ms;
    schedule.failed(one, now, true);
    CHECK(schedule.next() == now + wait);
    now += wait;
  }
  schedule.started(one, now);
  schedule.saved(one);
  CHECK_FALSE(schedule.next());
  schedule.put(one, now);
  CHECK(schedule.next() == now + 250ms);
}

TEST_CASE("a change after failures goes before the retry, but does not hammer the disk") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0s));
  schedule.started(one, at(1s));
  for (int i = 0; i < 8; ++i) schedule.failed(one, at(1s), true);
  CHECK(schedule.next() == at(31s));
  schedule.put(one, at(1100ms));
  CHECK(schedule.next() == at(2s));
  schedule.put(one, at(5s));
  CHECK(schedule.next() == at(3100ms));  // 2 s after the first of them
}

TEST_CASE("content that can never be saved waits for the next change") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  schedule.started(one, at(250ms));
  schedule.failed(one, at(250ms), false);
  CHECK_FALSE(schedule.next());
  schedule.put(one, at(5s));
  CHECK(schedule.next() == at(5250ms));
}

TEST_CASE("a failure does not put off newer content beyond 1 s") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  schedule.started(one, at(250ms));
  schedule.put(one, at(300ms));
  schedule.failed(one, at(400ms), false);
  CHECK(schedule.next() == at(1400ms));
}

TEST_CASE("a forgotten draft is not due, and others keep their turn") {
  AutosaveSchedule schedule;
  schedule.put(one, at(0ms));
  schedule.put(two, at(100ms));
  CHECK(schedule.due(at(350ms)) == one);
  schedule.forget(one);
  schedule.forget(SubmissionId{{9}});
  CHECK(schedule.next() == at(350ms));
  CHECK(schedule.due(at(350ms)) == two);
}

TEST_CASE("a clock set back by an hour puts nothing off") {
  AutosaveSchedule schedule;
  schedule.put(one, at(2h));
  schedule.put(two, at(2h + 100ms));
  schedule.failed(two, at(2h + 100ms), true);
  CHECK_FALSE(schedule.due(at(1h)));
  CHECK(schedule.next() == at(1h + 150ms));
  schedule.put(one, at(1h + 50ms));
  CHECK(schedule.next() == at(1h + 300ms));
  CHECK(schedule.due(at(1h + 300ms)) == one);
  schedule.forget(one);
  CHECK(schedule.next() == at(1h + 1s));
}

TEST_CASE("I5: of 1,000 changes a second the last is due within 250 ms", "[I5]") {
  AutosaveSchedule schedule;
  int saves = 0;
  Duration now = 0ms;
  for (; now < 10s; now += 1ms) {
    schedule.put(one, at(now));
    if (!schedule.due(at(now))) continue;
    schedule.started(one, at(now));
    schedule.saved(one);
    ++saves;
  }
  CHECK(saves <= 5);
  CHECK(saves >= 4);
  REQUIRE(schedule.next());
  CHECK(*schedule.next() <= at(now + 250ms));
}

TEST_CASE("whatever happens, no change waits longer than promised") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  AutosaveSchedule schedule;
  struct Truth {
    std::optional<Time> first{};  // change not being saved
    std::optional<Time> failed{};
    bool saving = false;
  };
  std::map<SubmissionId, Truth> truths;
  Time now = at(0s);
  for (int i = 0; i < 20'000; ++i) {
    now += Duration(random() % 60);
    const SubmissionId id{{static_cast<std::uint8_t>(random() % 5)}};
    Truth& truth = truths[id];
    const unsigned what = random() % 8;
    if (truth.saving && what < 4) {
      truth.saving = false;
      if (what == 0) {
        schedule.failed(id, now, random() % 2 == 0);
        truth.failed = now;
      } else {
        schedule.saved(id);
        truth.failed.reset();
      }
    } else {
      schedule.put(id, now);
      if (!truth.first) truth.first = now;
    }
    while (const auto due = schedule.due(now)) {
      Truth& its = truths[*due];
      REQUIRE_FALSE(its.saving);
      its = {.first = std::nullopt, .failed = its.failed, .saving = true};
      schedule.started(*due, now);
    }
    for (const auto& [each, its] : truths) {
      if (!its.first || its.saving) continue;
      Time latest = *its.first + 2s;
      if (its.failed) latest = std::max(latest, *its.failed + 1s);
      REQUIRE(now < latest);
      REQUIRE(schedule.next());
      REQUIRE(*schedule.next() <= latest);
    }
  }
}
