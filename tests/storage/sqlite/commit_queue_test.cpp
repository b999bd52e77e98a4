#include "storage/sqlite/commit_queue.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <stdexcept>

#include "storage/sqlite/queue_support.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fault_vfs.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "store.lodge";
  CommitQueue queue{StoreOptions{.path = path}};

  bool is_intact() {
    bool intact = false;
    queue.read([&](Database& database) { intact = verify_chain(database).intact; });
    return intact;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a unit is on disk when run returns") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  CHECK(RawDatabase(path).text("SELECT why FROM history") == "one");
}

TEST_CASE_METHOD(Fixture,
                 "a unit that throws changes nothing and its exception arrives as it was") {
  CHECK_THROWS_AS(queue.run([](Database& database) {
    add_entry(database, "half");
    throw std::out_of_range("mine");
  }),
                  std::out_of_range);
  CHECK(count_entries(queue) == 0);
  queue.run([](Database& database) { add_entry(database, "next"); });
  CHECK(count_entries(queue) == 1);
  CHECK(is_intact());
}

TEST_CASE("many threads: each unit is durable, and they share commits") {
  TemporaryFolder folder;
  FaultVfs vfs;
  vfs.set_sync_delay(1'000);
  CommitQueue queue(StoreOptions{.path = folder / "store.lodge", .vfs = vfs.name()});
  const auto syncs_before = vfs.count(DiskCall::sync);
  constexpr int threads = 8;
  constexpr int each = 25;
  on_threads(threads, [&](int thread) {
    for (int i = 0; i < each; ++i) {
      const auto why = std::to_string(thread) + "/" + std::to_string(i);
      queue.run([&](Database& database) { add_entry(database, why); });
      if (i % 10 == 0 && !has_entry(queue, why)) throw std::runtime_error("not there");
    }
  });
  const auto syncs = vfs.count(DiskCall::sync) - syncs_before;
  CHECK(count_entries(queue) == threads * each);
  INFO(syncs << " syncs");
  CHECK(syncs < threads * each / 3);
  bool intact = false;
  queue.read([&](Database& database) { intact = verify_chain(database).intact; });
  CHECK(intact);
}

TEST_CASE("the queue knows whether callers meet in it") {
  TemporaryFolder folder;
  FaultVfs vfs;
  CommitQueue queue(StoreOptions{.path = folder / "store.lodge", .vfs = vfs.name()});
  for (int i = 0; i < 3; ++i) queue.run([](Database& database) { add_entry(database, "alone"); });
  CHECK_FALSE(queue.has_company());
  vfs.set_sync_delay(1'000);
  std::atomic<bool> seen = false;
  on_threads(4, [&](int) {
    for (int i = 0; i < 5; ++i) {
      queue.run([](Database& database) { add_entry(database, "together"); });
      if (queue.has_company()) seen = true;
    }
  });
  CHECK(seen);
}

TEST_CASE("a lone caller's unit costs one sync and no savepoint") {
  TemporaryFolder folder;
  FaultVfs vfs;
  CommitQueue queue(StoreOptions{.path = folder / "store.lodge", .vfs = vfs.name()});
  queue.run([](Database& database) { add_entry(database, "warm"); });
  const auto before = vfs.count(DiskCall::sync);
  for (int i = 0; i < 10; ++i)
    queue.run([](Database& database) {
      // A savepoint would have this name.
      CHECK(code_of([&] { database.release_savepoint(); }) == "broken_invariant");
      add_entry(database, "x");
    });
  CHECK(vfs.count(DiskCall::sync) - before == 10);
}

TEST_CASE_METHOD(Fixture, "one bad unit among eight fails alone") {
  for (int round = 0; round < 20; ++round) {
    const auto before = count_entries(queue);
    std::atomic<int> failed{0};
    std::atomic<int> entered{0};
    on_threads(8, [&](int thread) {
      try {
        queue.run([&](Database& database) {
          add_entry(database, "unit " + std::to_string(thread));
          if (thread == 3) database.run("INSERT INTO meta (name, value) VALUES (NULL, 1)");
          ++entered;
        });
      } catch (const Error&) {
        if (thread == 3) ++failed;
      }
    });
    CHECK(failed == 1);
    CHECK(count_entries(queue) == before + 7);
  }
  CHECK(is_intact());
}

TEST_CASE_METHOD(Fixture, "a unit that loses the whole transaction takes no neighbour with it") {
  // SQLite undoes a whole transaction by itself when memory or disk run out; ROLLBACK stands for
  // it.
  for (int round = 0; round < 20; ++round) {
    const auto before = count_entries(queue);
    std::atomic<int> failed{0};
    on_threads(8, [&](int thread) {
      try {
        queue.run([&](Database& database) {
          add_entry(database, "unit");
          if (thread % 4 == 3) {
            database.run("ROLLBACK");
            throw std::bad_alloc();
          }
        });
      } catch (const std::bad_alloc&) {
        ++failed;
      }
    });
    CHECK(failed == 2);
    CHECK(count_entries(queue) == before + 6);
  }
  CHECK(is_intact());
}

TEST_CASE_METHOD(Fixture, "a unit that goes on after its transaction was lost is found out") {
  CHECK(code_of([&] { queue.run([](Database& database) { database.run("ROLLBACK"); }); }) ==
        "broken_invariant");
  queue.run([](Database& database) { add_entry(database, "next"); });
  CHECK(count_entries(queue) == 1);
}

TEST_CASE_METHOD(Fixture, "a unit inside another is refused instead of waiting for itself") {
  queue.run([&](Database&) {
    CHECK(code_of([&] { queue.run([](Database&) {}); }) == "broken_invariant");
    CHECK(code_of([&] { queue.read([](Database&) {}); }) == "broken_invariant");
  });
  queue.read([&](Database&) {
    CHECK(code_of([&] { queue.run([](Database&) {}); }) == "broken_invariant");
  });
}

TEST_CASE_METHOD(Fixture, "a read sees one snapshot while others write") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  queue.read([&](Database& database) {
    const auto before = number_in(database, "SELECT count(*) FROM history");
    std::thread([&] { queue.run([](Database& other) { add_entry(other, "two"); }); }).join();
    CHECK(number_in(database, "SELECT count(*) FROM history") == before);
  });
  CHECK(count_entries(queue) == 2);
}

TEST_CASE_METHOD(Fixture, "a read that throws leaves its connection usable") {
  for (int i = 0; i < 5; ++i)
    CHECK_THROWS_AS(queue.read([](Database&) { throw std::out_of_range("mine"); }),
                    std::out_of_range);
  CHECK(count_entries(queue) == 0);
}

TEST_CASE_METHOD(Fixture, "more readers than connections all get their turn") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  std::atomic<int> read{0};
  on_threads(8, [&](int) {
    for (int i = 0; i < 20; ++i)
      if (count_entries(queue) == 1) ++read;
  });
  CHECK(read == 160);
}

TEST_CASE_METHOD(Fixture, "the log is cut again and again and does not grow") {
  const std::string text(20'000, 'x');
  for (int i = 0; i < 1'500; ++i)
    queue.run([&](Database& database) { add_content(database, text); });
  // 12 MiB, and what one commit adds.
  CHECK(std::filesystem::file_size(path + "-wal") < 13'000'000);
  CHECK(std::filesystem::file_size(path) > 16'000'000);
}

TEST_CASE_METHOD(Fixture, "D15: a log that a reader keeps long is cut when the reader has gone",
                 "[D15]") {
  const std::string text(20'000, 'x');
  queue.read([&](Database& database) {
    number_in(database, "SELECT count(*) FROM contents");
    std::thread([&] {
      for (int i = 0; i < 1'000; ++i) queue.run([&](Database& other) { add_content(other, text); });
    }).join();
  });
  CHECK(std::filesystem::file_size(path + "-wal") > 20'000'000);
  for (int i = 0; i < 100; ++i) queue.run([&](Database& database) { add_content(database, text); });
  CHECK(std::filesystem::file_size(path + "-wal") < 18'000'000);
}

TEST_CASE_METHOD(Fixture, "S7: an erased text is in no file once the log is emptied", "[S7]") {
  const std::string canary = "canary-7f3a91";
  ContentNumber number = 0;
  queue.run([&](Database& database) { number = add_content(database, canary); });
  queue.run([&](Database& database) { erase_content(database, number); });
  REQUIRE(queue.empty_log());
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    std::ifstream file(path + suffix, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    CHECK(bytes.find(canary) == std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "emptying the log while someone reads says that it could not") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  bool emptied = true;
  queue.read([&](Database& database) {
    number_in(database, "SELECT count(*) FROM history");
    std::thread([&] { emptied = queue.empty_log(); }).join();
  });
  CHECK_FALSE(emptied);
  CHECK(queue.empty_log());
}

TEST_CASE_METHOD(Fixture, "D6: nothing is written into a file that was moved or replaced", "[D6]") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  std::filesystem::rename(path, path + "-elsewhere");
  const auto write = [&] { queue.run([](Database& database) { add_entry(database, "ghost"); }); };
  CHECK(code_of(write) == "store_moved");
  { std::ofstream(path) << "someone else's"; }
  CHECK(code_of(write) == "store_moved");
  std::filesystem::remove(path);
  CHECK(code_of(write) == "store_moved");
  CHECK_FALSE(std::filesystem::exists(path));
  std::filesystem::rename(path + "-elsewhere", path);
  CHECK(code_of(write) == "none");
  CHECK(count_entries(queue) == 2);
}

TEST_CASE_METHOD(Fixture, "a large unit that fails does no harm to what others commit after it") {
  CommitQueue other(StoreOptions{.path = path});
  const auto large = [](Database& database) {
    for (int i = 0; i < 90; ++i) add_content(database, std::string(40'000, 'x'));
    throw std::out_of_range("the last of the batch is no good");
  };
  CHECK_THROWS_AS(queue.run(large), std::out_of_range);
  // As far into the log as the large one had come.
  for (const auto* why : {"one", "two", "three"}) {
    other.run([why](Database& database) {
      for (int i = 0; i < 40; ++i) add_content(database, std::string(40'000, 'y'));
      add_entry(database, why);
    });
  }
  queue.run([](Database& database) { add_entry(database, "four"); });
  CHECK(count_entries(queue) == 4);
  CHECK(RawDatabase(path).text("PRAGMA integrity_check") == "ok");
}

TEST_CASE_METHOD(Fixture, "P4: in a forked child every call fails and the parent is unharmed",
                 "[P4]") {
  queue.run([](Database& database) { add_entry(database, "one"); });
  const pid_t child = fork();
  if (child == 0) {
    const auto code = code_of([&] { queue.run([](Database&) {}); });
    const auto other = code_of([&] { queue.read([](Database&) {}); });
    queue.~CommitQueue();
    _exit(code == "wrong_process" && other == "wrong_process" ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  queue.run([](Database& database) { add_entry(database, "two"); });
  CHECK(count_entries(queue) == 2);
}

TEST_CASE_METHOD(Fixture, "a store whose schema somebody changed is not opened") {
  RawDatabase(path).run("DROP TRIGGER history_is_never_deleted");
  CHECK(code_of([&] { CommitQueue again(StoreOptions{.path = path}); }) == "store_damaged");
}
