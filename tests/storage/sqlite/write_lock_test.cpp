#include "storage/sqlite/write_lock.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/sqlite/queue_support.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fair_time.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;
using namespace std::chrono_literals;

/// Runs `work` in a child process; its exit code tells whether it returned true.
pid_t in_child(const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child != 0) return child;
  bool good = false;
  try {
    good = work();
  } catch (const std::exception&) {
  }
  _exit(good ? 0 : 1);
}

bool ended_well(pid_t child) {
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST_CASE("only one holds the right to write, and a waiting one is told who is in the way") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  WriteLock one(path, "");
  WriteLock two(path, "");
  one.lock(1s);
  const auto error = error_of([&] { two.lock(5ms); });
  REQUIRE(error);
  CHECK(error->code() == Errc::store_busy);
  CHECK(std::string(error->what()).find("End that process") != std::string::npos);
  CHECK(std::string(error->what()).find("process " + std::to_string(getpid()) + " (") !=
        std::string::npos);
  one.unlock();
  two.lock(1s);
  CHECK(code_of([&] { one.lock(1ms); }) == "store_busy");
  two.unlock();
}

TEST_CASE("under a VFS of the caller's the right to write needs no file") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  WriteLock one(path, "memory");
  WriteLock two(path, "memory");
  WriteLock elsewhere(path, "other");
  one.lock(1s);
  std::string code;
  std::thread([&] { code = code_of([&] { two.lock(1ms); }); }).join();
  CHECK(code == "store_busy");
  elsewhere.lock(1ms);
  elsewhere.unlock();
  one.unlock();
  two.lock(1ms);
  two.unlock();
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("S1, S2: the lock's file is private and no link", "[S1][S2]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  { WriteLock lock(path, ""); }
  struct stat status {};
  REQUIRE(stat((path + "-write").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  std::filesystem::remove(path + "-write");
  std::filesystem::create_symlink(folder / "target", path + "-write");
  CHECK(code_of([&] { WriteLock lock(path, ""); }) == "permission");
}

TEST_CASE("a process that dies leaves no lock behind") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  CHECK(ended_well(in_child([&]() -> bool {
    WriteLock lock(path, "");
    lock.lock(1s);
    _exit(0);
  })));
  WriteLock lock(path, "");
  lock.lock(1ms);
  lock.unlock();
}

TEST_CASE("P4: a forked child keeps no lock alive", "[P4]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  auto lock = std::make_unique<WriteLock>(path, "");
  lock->lock(1s);
  int to_child[2];
  int to_parent[2];
  REQUIRE(pipe(to_child) == 0);
  REQUIRE(pipe(to_parent) == 0);
  const pid_t child = in_child([&] {
    char byte = 0;
    return write(to_parent[1], "x", 1) == 1 && read(to_child[0], &byte, 1) == 1;
  });
  char byte = 0;
  REQUIRE(read(to_parent[0], &byte, 1) == 1);  // it runs, and goes on until it is told to end
  lock.reset();
  WriteLock other(path, "");
  CHECK(code_of([&] { other.lock(50ms); }) == "none");
  other.unlock();
  CHECK(write(to_child[1], "x", 1) == 1);
  CHECK(ended_well(child));
  for (const int end : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) close(end);
}

TEST_CASE("a lock file that somebody removed is made anew, and both sides meet there") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  WriteLock one(path, "");
  std::filesystem::remove(path + "-write");
  WriteLock two(path, "");
  two.lock(1s);
  CHECK(code_of([&] { one.lock(5ms); }) == "store_busy");
  two.unlock();
  one.lock(1s);
  one.unlock();
}

TEST_CASE("a lock file that could not be made anew once is made when it can be") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  CommitQueue queue(StoreOptions{.path = path});
  const auto write = [&] {
    return code_of([&] { queue.run([](Database& database) { add_entry(database, "x"); }); });
  };
  CHECK(write() == "none");
  std::filesystem::remove(path + "-write");
  std::filesystem::create_directory(path + "-write");
  CHECK(write() != "none");
  std::filesystem::remove(path + "-write");
  CHECK(write() == "none");
}

TEST_CASE("P12: who waits writes before who comes back", "[P12]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  WriteLock busy(path, "", 60s);
  WriteLock waiting(path, "", 60s);
  FileLock probe(path + "-write");
  for (int round = 0; round < 20; ++round) {
    std::atomic<bool> had_its_turn{false};
    busy.lock(60s);
    std::thread other([&] {
      waiting.lock(60s);
      had_its_turn = true;
      waiting.unlock();
    });
    // Until the other is next in turn ...
    while (probe.try_lock(1, 1)) {
      probe.unlock(1, 1);
      std::this_thread::yield();
    }
    // ... and then as a busy process does it, without a pause.
    busy.unlock();
    busy.lock(60s);
    CHECK(had_its_turn);
    busy.unlock();
    other.join();
  }
}

TEST_CASE("P12: who has given up on a turn that never came has the next one all the same",
          "[P12]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  WriteLock busy(path, "", 60s);
  WriteLock waiting(path, "", 1ms);
  FileLock stopped(path + "-write");
  busy.lock(60s);
  REQUIRE(stopped.try_lock(1, 1));
  CHECK(code_of([&] { waiting.lock(20ms); }) == "store_busy");  // from now on it heeds no turns
  std::atomic<bool> had_its_turn{false};
  std::thread other([&] {
    waiting.lock(60s);
    had_its_turn = true;
    waiting.unlock();
  });
  // Until it waits for the right to write, and no more for the turn alone.
  for (const FairTime fair; fair.passed() < 20ms;) std::this_thread::yield();
  stopped.unlock(1, 1);
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (stopped.try_lock(1, 1) && std::chrono::steady_clock::now() < deadline) {
    stopped.unlock(1, 1);
    std::this_thread::yield();
  }
  stopped.unlock(1, 1);
  busy.unlock();
  busy.lock(60s);
  CHECK(had_its_turn);
  busy.unlock();
  other.join();
}

TEST_CASE("P12: two queues on one file both get through, and make one chain", "[P12]") {
  TemporaryFolder folder;
  const StoreOptions options{.path = folder / "store.lodge"};
  CommitQueue one(options);
  CommitQueue two(options);
  on_threads(4, [&](int which) {
    auto& queue = which % 2 == 0 ? one : two;
    for (int i = 0; i < 60; ++i)
      queue.run([&](Database& database) { add_entry(database, std::to_string(which)); });
  });
  CHECK(count_entries(one) == 240);
  Verdict verdict;
  two.read([&](Database& database) { verdict = verify_chain(database); });
  CHECK(verdict.intact);
}

TEST_CASE("P12: four processes write to one store and each gets its share", "[P12]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  { CommitQueue made(StoreOptions{.path = path}); }
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process)
    children.push_back(in_child([&] {
      CommitQueue queue(StoreOptions{.path = path});
      for (int i = 0; i < 50; ++i)
        queue.run([&](Database& database) { add_entry(database, std::to_string(process)); });
      return true;
    }));
  for (const auto child : children) CHECK(ended_well(child));
  CommitQueue queue(StoreOptions{.path = path});
  Verdict verdict;
  queue.read([&](Database& database) { verdict = verify_chain(database); });
  CHECK(verdict.intact);
  CHECK(verdict.entries == 200);
}

TEST_CASE("P2: a process that was stopped while waiting for its turn holds up nobody for long",
          "[P2]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  FileLock stopped(path + "-write");
  REQUIRE(stopped.try_lock(1, 1));  // next in turn, and never writes
  WriteLock lock(path, "");
  for (int i = 0; i < 20; ++i) {
    lock.lock(2s);
    lock.unlock();
  }
}

TEST_CASE("P14: stores of several processes are checkpointed while all of them write", "[P14]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  { CommitQueue made(StoreOptions{.path = path}); }
  std::vector<pid_t> children;
  for (int process = 0; process < 3; ++process)
    children.push_back(in_child([&] {
      CommitQueue queue(StoreOptions{.path = path});
      for (int i = 0; i < 400; ++i)
        queue.run([&](Database& database) {
          add_content(database, std::string(30'000, static_cast<char>('a' + process)));
          add_entry(database, std::to_string(process));
        });
      return true;
    }));
  for (const auto child : children) CHECK(ended_well(child));
  CHECK(std::filesystem::file_size(path + "-wal") < 15'000'000);
  CHECK(RawDatabase(path).text("PRAGMA integrity_check") == "ok");
  CHECK(RawDatabase(path).number("SELECT count(*) FROM contents") == 1'200);
}
