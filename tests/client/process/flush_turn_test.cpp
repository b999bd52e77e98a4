#include "client/process/flush_turn.hpp"

#include <fcntl.h>

#include <atomic>
#include <thread>
#include <vector>

#include "client/process/file_lock.hpp"
#include "client/process/unique_fd.hpp"
#include "lodge/error.hpp"
#include "os_support.hpp"
#include "support/catch.hpp"
#include "support/fair_time.hpp"

using namespace lodge;
using namespace lodge::test;
using lodge::client::FileWatch;
using lodge::client::FlushTurn;
using lodge::client::UniqueFd;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Watching = FileWatch::Method;

namespace {

constexpr Time some_time{std::chrono::sys_days{std::chrono::year{2031} / 5 / 1}};

// One that counts how often it is woken.
struct Waiter {
  explicit Waiter(const std::filesystem::path& store, Watching method = Watching::events)
      : turn(
            store, [this] { woken.add(); }, method) {}
  CallCount woken;
  FlushTurn turn;
};

// A child that has the turn until it ends.
auto taking(const OsFolder& folder) {
  return [&folder] {
    auto* turn = new FlushTurn(folder / "store", [] {});
    if (!turn->take(some_time)) throw std::runtime_error("not free");
  };
}

}  // namespace

TEST_CASE("P2: whoever waits is woken when the turn is given back", "[P2]") {
  const auto method = GENERATE(Watching::events, Watching::looking);
  const OsFolder folder;
  Waiter first(folder / "store", method);
  Waiter second(folder / "store", method);
  CHECK(first.turn.take(some_time));
  CHECK_FALSE(second.turn.take(some_time));
  CHECK(second.turn.holder()->pid == ::getpid());
  CHECK(second.woken.now() == 0);
  first.turn.give_back();
  CHECK(second.woken.reaches(1));
  CHECK(second.turn.take(some_time));
  CHECK(second.turn.mine());
  CHECK_FALSE(first.turn.mine());
}

TEST_CASE("P1: after kill -9 of the holder a waiter takes over within a second", "[P1]") {
  const OsFolder folder;
  auto longest = milliseconds(0);
  for (int round = 0; round < 20; ++round) {
    Child holder(taking(folder));
    Waiter waiter(folder / "store");
    REQUIRE_FALSE(waiter.turn.take(some_time));
    const FairTime since_killed;
    holder.kill();
    REQUIRE(waiter.woken.reaches(1));
    REQUIRE(waiter.turn.take(some_time));
    longest = std::max(longest, since_killed.passed());
  }
  INFO("longest: " << longest.count() << " ms");
  CHECK(longest < milliseconds(1000));
}

TEST_CASE("P1: a lock that is dropped only after the close was told is taken too", "[P1]") {
  const OsFolder folder;
  const auto path = folder / "store-flush";
  UniqueFd dying(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(client::try_lock(dying.get()));
  Waiter waiter(folder / "store");
  REQUIRE_FALSE(waiter.turn.take(some_time));
  { const UniqueFd tells(::open(path.c_str(), O_RDWR | O_CLOEXEC)); }
  stay_idle_for(milliseconds(10));
  client::unlock(dying.get());
  CHECK(waiter.woken.reaches(1));
  CHECK(waiter.turn.take(some_time));
}

TEST_CASE("P1: without inotify a waiter takes over too", "[P1]") {
  const OsFolder folder;
  Child holder(taking(folder));
  Waiter waiter(folder / "store", Watching::looking);
  REQUIRE_FALSE(waiter.turn.take(some_time));
  holder.kill();
  CHECK(waiter.woken.reaches(1));
  CHECK(waiter.turn.take(some_time));
}

TEST_CASE("P3: while the holder is stopped nobody is woken and nobody takes over", "[P3]") {
  const OsFolder folder;
  const Child holder(taking(folder));
  Waiter waiter(folder / "store");
  REQUIRE_FALSE(waiter.turn.take(some_time));
  holder.stop();
  CHECK_FALSE(waiter.woken.reaches(1, quiet));
  CHECK_FALSE(waiter.turn.take(some_time));
  CHECK(waiter.turn.holder()->pid == holder.pid());
  CHECK(waiter.turn.holder()->active == some_time);
}

TEST_CASE("a submission in another process wakes the holder") {
  const OsFolder folder;
  Waiter holder(folder / "store");
  REQUIRE(holder.turn.take(some_time));
  for (int submission = 1; submission <= 3; ++submission) {
    CHECK(complaint_of_child([&] {
            FlushTurn other(folder / "store", [] {});
            return other.ring() ? std::string() : std::string("cannot ring");
          }) == "");
    CHECK(holder.woken.reaches(submission));
  }
}

TEST_CASE("the holder does not wake itself, and does not hear the waiters") {
  const OsFolder folder;
  Waiter holder(folder / "store");
  REQUIRE(holder.turn.take(some_time));
  CHECK(holder.turn.ring());
  for (int i = 0; i < 5; ++i) {
    Waiter waiter(folder / "store");
    CHECK_FALSE(waiter.turn.take(some_time));
    CHECK(holder.turn.take(some_time));
  }
  CHECK_FALSE(holder.woken.reaches(1, quiet));
}

TEST_CASE(
    "waiters that come and go are not mistaken for the holder, and do not wake each other up") {
  const OsFolder folder;
  Waiter holder(folder / "store");
  REQUIRE(holder.turn.take(some_time));
  Waiter waiter(folder / "store");
  REQUIRE_FALSE(waiter.turn.take(some_time));
  for (int i = 0; i < 5; ++i) {
    Waiter other(folder / "store");
    CHECK_FALSE(other.turn.take(some_time));
    CHECK(other.turn.holder());
  }
  CHECK_FALSE(waiter.woken.reaches(1, quiet));
  holder.turn.give_back();
  CHECK(waiter.woken.reaches(1));
}

TEST_CASE("who is no longer interested is not woken") {
  const OsFolder folder;
  Waiter holder(folder / "store");
  Waiter waiter(folder / "store");
  REQUIRE(holder.turn.take(some_time));
  REQUIRE_FALSE(waiter.turn.take(some_time));
  waiter.turn.give_back();
  holder.turn.give_back();
  CHECK_FALSE(waiter.woken.reaches(1, quiet));
  CHECK(holder.turn.take(some_time));
}

TEST_CASE("the removal of the lock file wakes the waiters, and the old holder must queue") {
  const OsFolder folder;
  Waiter holder(folder / "store");
  Waiter waiter(folder / "store");
  REQUIRE(holder.turn.take(some_time));
  REQUIRE_FALSE(waiter.turn.take(some_time));
  std::filesystem::remove(folder / "store-flush");
  CHECK(waiter.woken.reaches(1));
  CHECK(waiter.turn.take(some_time));
  CHECK_FALSE(holder.turn.mine());
  CHECK_FALSE(holder.turn.take(some_time));
  waiter.turn.give_back();
  CHECK(holder.woken.reaches(1));
  CHECK(holder.turn.take(some_time));
}

TEST_CASE("of many that want the turn each gets it, one at a time") {
  const OsFolder folder;
  constexpr int count = 6;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  CallCount served;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      Waiter waiter(folder / "store");
      for (int seen = 0; !waiter.turn.take(some_time); seen = waiter.woken.now()) {
        if (!waiter.woken.reaches(seen + 1)) return;
      }
      most = std::max(most.load(), ++inside);
      std::this_thread::yield();
      --inside;
      waiter.turn.give_back();
      served.add();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(served.now() == count);
  CHECK(most == 1);
}

TEST_CASE("P4: a turn opened before a fork is of no use in the child, and unharmed", "[P4]") {
  const OsFolder folder;
  auto waiter = std::make_unique<Waiter>(folder / "store");
  REQUIRE(waiter->turn.take(some_time));
  CHECK(complaint_of_child([&] {
          Complaints complaints;
          complaints.expect(!waiter->turn.mine(), "the child has it");
          complaints.expect(!waiter->turn.ring(), "the child rings");
          try {
            waiter->turn.take(some_time);
            complaints.expect(false, "the child takes it");
          } catch (const Error& error) {
            complaints.expect(error.code() == Errc::wrong_process, "wrong code");
          }
          waiter->turn.give_back();
          waiter.reset();
          return complaints.text();
        }) == "");
  CHECK(waiter->turn.mine());
}
