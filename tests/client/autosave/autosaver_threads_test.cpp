#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "client/autosave/autosaver.hpp"
#include "support/catch.hpp"

namespace {

using lodge::Draft;
using lodge::Errc;
using lodge::Error;
using lodge::SubmissionId;
using lodge::client::Autosaver;
using lodge::client::AutosaveTimes;
using namespace std::chrono_literals;

constexpr AutosaveTimes quick{.idle = 1ms, .latest = 2ms, .retry_first = 1ms, .retry_ceiling = 2ms};
constexpr AutosaveTimes never{.idle = 1h, .latest = 1h};

Draft draft(std::uint8_t id, int value) {
  Draft made{.id = {{id}}, .record = {"availability", "ada"}};
  made.content["value"] = value;
  return made;
}

// A disk that tests can watch and hold up.
class Disk {
 public:
  void write(const Draft& from) {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    if (failures_left_ > 0) {
      --failures_left_;
      throw Error(Errc::io, "the disk does not answer");
    }
    const int value = from.content.at("value").get<int>();
    if (value < values_[from.id]) ++backwards_;
    values_[from.id] = value;
    changed_.notify_all();
  }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void fail(int times) { failures_left_ = times; }
  bool wait_for_begin(int count) {
    return wait([&] { return begun_ >= count; });
  }
  bool wait_for(std::uint8_t id, int value) {
    return wait([&] { return values_[SubmissionId{{id}}] == value; });
  }
  int value(std::uint8_t id) {
    const std::lock_guard lock(mutex_);
    return values_[SubmissionId{{id}}];
  }
  int backwards() const { return backwards_; }

 private:
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int begun_ = 0;
  int failures_left_ = 0;
  int backwards_ = 0;
  std::map<SubmissionId, int> values_;
};

lodge::client::AutosaverParts parts(Disk& disk, AutosaveTimes times) {
  return {.save = [&disk](const Draft& from) { disk.write(from); }, .times = times};
}

}  // namespace

TEST_CASE("a draft reaches the disk by itself, again and again") {
  Disk disk;
  Autosaver saver(parts(disk, quick));
  for (int i = 1; i <= 20; ++i) {
    saver.put(draft(1, i));
    CHECK(disk.wait_for(1, i));
  }
}

TEST_CASE("a new draft does not wait for one that is due later") {
  Disk disk;
  disk.fail(1);
  AutosaveTimes times = quick;
  times.retry_first = times.retry_ceiling = 1h;
  Autosaver saver(parts(disk, times));
  saver.put(draft(1, 1));
  CHECK(disk.wait_for_begin(1));
  saver.put(draft(2, 2));
  CHECK(disk.wait_for(2, 2));
}

TEST_CASE("what failed is tried again by itself") {
  Disk disk;
  disk.fail(3);
  Autosaver saver(parts(disk, quick));
  saver.put(draft(1, 1));
  CHECK(disk.wait_for(1, 1));
}

TEST_CASE("put does not wait for a save under way, take_over does") {
  Disk disk;
  disk.hold(true);
  Autosaver saver(parts(disk, {.idle = 1ms, .latest = 1h}));
  saver.put(draft(1, 1));
  REQUIRE(disk.wait_for_begin(1));
  saver.put(draft(2, 2));
  std::atomic<bool> taken{false};
  std::thread taker([&] {
    const auto nothing = saver.take_over(SubmissionId{{1}});
    CHECK_FALSE(nothing);
    taken = true;
  });
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  CHECK_FALSE(taken);
  const auto other = saver.take_over(SubmissionId{{2}});
  CHECK(other);
  disk.hold(false);
  taker.join();
  CHECK(disk.value(1) == 1);
}

TEST_CASE("content that came during a save is taken over, not saved behind the taker's back") {
  Disk disk;
  disk.hold(true);
  Autosaver saver(parts(disk, {.idle = 1ms, .latest = 1h}));
  saver.put(draft(1, 1));
  REQUIRE(disk.wait_for_begin(1));
  saver.put(draft(1, 2));
  std::thread release([&] { disk.hold(false); });
  const auto taken = saver.take_over(SubmissionId{{1}});
  release.join();
  // Either the taker has the newer content or it had reached the disk before.
  if (taken) {
    CHECK(taken->draft().content.at("value") == 2);
    CHECK(disk.value(1) == 1);
  } else {
    CHECK(disk.value(1) == 2);
  }
}

TEST_CASE("flush_all beside the thread leaves nothing unsaved") {
  Disk disk;
  Autosaver saver(parts(disk, quick));
  for (int i = 1; i <= 200; ++i) {
    saver.put(draft(static_cast<std::uint8_t>(i % 3), i));
    if (i % 10 == 0) {
      CHECK(saver.flush_all() == 0);
      CHECK(disk.value(static_cast<std::uint8_t>(i % 3)) == i);
    }
  }
  CHECK(disk.backwards() == 0);
}

TEST_CASE("P7: the end waits for a save under way and saves what came after it", "[P7]") {
  Disk disk;
  disk.hold(true);
  std::thread release;
  {
    Autosaver saver(parts(disk, quick));
    saver.put(draft(1, 1));
    REQUIRE(disk.wait_for_begin(1));
    saver.put(draft(1, 2));
    release = std::thread([&] { disk.hold(false); });
  }
  CHECK(disk.value(1) == 2);
  release.join();
}

TEST_CASE("I5: eight threads of a thousand changes each end with their last on disk", "[I5]") {
  Disk disk;
  {
    Autosaver saver(parts(disk, quick));
    std::vector<std::thread> threads;
    for (std::uint8_t id = 0; id < 8; ++id) {
      threads.emplace_back([&saver, id] {
        for (int i = 1; i <= 1000; ++i) {
          saver.put(draft(id, i));
          if (i % 97 != 0) continue;
          if (auto taken = saver.take_over(SubmissionId{{id}})) saver.put(taken->draft());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  for (std::uint8_t id = 0; id < 8; ++id) CHECK(disk.value(id) == 1000);
  CHECK(disk.backwards() == 0);
}

TEST_CASE("P7: a put after the close starts nothing", "[P7]") {
  Disk disk;
  Autosaver saver(parts(disk, quick));
  saver.put(draft(1, 1));
  CHECK(saver.close() == 0);
  saver.put(draft(1, 2));
  CHECK(saver.close() == 0);
  CHECK(disk.value(1) == 1);
}

TEST_CASE("an autosaver that was never used ends at once") {
  Disk disk;
  { Autosaver saver(parts(disk, never)); }
  Autosaver saver(parts(disk, never));
  saver.put(draft(1, 1));
  CHECK(saver.take_over(SubmissionId{{1}}));
}
