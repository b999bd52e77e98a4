#include <sqlite3.h>

#include "storage/sqlite/queue_support.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fault_vfs.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_size.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

struct Fixture {
  TemporaryFolder folder;
  FaultVfs vfs;
  StoreOptions options{.path = folder / "store.lodge", .vfs = vfs.name()};
  std::optional<CommitQueue> queue{std::in_place, options};

  std::string write(const std::string& why) {
    return code_of([&] {
      queue->run([&](Database& database) {
        add_content(database, std::string(9'000, 'x'));
        add_entry(database, why);
      });
    });
  }
  void reopen() {
    queue.reset();
    queue.emplace(options);
  }
  bool is_intact() {
    bool intact = false;
    queue->read([&](Database& database) { intact = verify_chain(database).intact; });
    return intact;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "D3: a full disk fails the call, and it works again without reopening",
                 "[D3]") {
  CHECK(write("before") == "none");
  vfs.fail(DiskCall::write, 1, DiskFault::full, true);
  CHECK(write("lost") == "disk_full");
  CHECK(write("lost again") == "disk_full");
  CHECK(has_entry(*queue, "before"));
  CHECK_FALSE(has_entry(*queue, "lost"));
  vfs.heal();
  CHECK(write("after") == "none");
  CHECK(count_entries(*queue) == 2);
  CHECK(is_intact());
}

TEST_CASE_METHOD(Fixture,
                 "D2: a commit whose sync fails once is not acknowledged and never appears",
                 "[D2]") {
  CHECK(write("before") == "none");
  vfs.fail(DiskCall::sync, 1, DiskFault::io);
  CHECK(write("lost") == "io");
  CHECK(vfs.hits() == 1);
  CHECK_FALSE(has_entry(*queue, "lost"));
  // Its frames stood in the log; a recovery after the next start must not find them.
  reopen();
  CHECK_FALSE(has_entry(*queue, "lost"));
  CHECK(write("after") == "none");
  CHECK(count_entries(*queue) == 2);
  CHECK(is_intact());
}

TEST_CASE_METHOD(Fixture, "D2: a failed commit without an entry is not taken for the one before it",
                 "[D2]") {
  CHECK(write("before") == "none");
  vfs.fail(DiskCall::sync, 1, DiskFault::io);
  const auto code =
      code_of([&] { queue->run([](Database& database) { add_content(database, "no entry"); }); });
  CHECK(code == "io");
  std::int64_t count = 0;
  queue->read(
      [&](Database& database) { count = number_in(database, "SELECT count(*) FROM contents"); });
  CHECK(count == 1);
}

TEST_CASE_METHOD(Fixture, "D2: a failed commit fails every unit that shared it", "[D2]") {
  vfs.set_sync_delay(1'000);
  std::atomic<int> failed{0};
  std::atomic<int> stored{0};
  for (int round = 0; round < 10; ++round) {
    vfs.fail(DiskCall::sync, 2, DiskFault::io);
    on_threads(6, [&](int thread) {
      const auto why = std::to_string(round) + "/" + std::to_string(thread);
      const auto code = write(why);
      ++(code == "none" ? stored : failed);
      if ((code == "none") != has_entry(*queue, why)) throw std::runtime_error(why);
    });
  }
  vfs.heal();
  CHECK(failed > 0);
  CHECK(count_entries(*queue) == stored);
  reopen();
  CHECK(count_entries(*queue) == stored);
  CHECK(is_intact());
}

TEST_CASE_METHOD(Fixture, "a disk that fails for good fails every call, and heals") {
  CHECK(write("before") == "none");
  vfs.fail_any(1, DiskFault::io, true);
  for (int i = 0; i < 3; ++i) CHECK(write("lost") == "io");
  vfs.heal();
  CHECK(write("after") == "none");
  CHECK(count_entries(*queue) == 2);
  CHECK(is_intact());
}

TEST_CASE("I/O errors at every call: what was acknowledged is there, what failed is not") {
  // Each run fails one more call further on. A failed call changed nothing for who asks now, and
  // also after the store was opened anew.
  std::int64_t runs = 0;
  for (const bool for_good : {false, true}) {
    for (const auto fault : {DiskFault::io, DiskFault::full, DiskFault::half}) {
      for (std::int64_t nth = 1;; nth += stride(2)) {
        Fixture my;
        my.vfs.fail_any(nth, fault, for_good);
        std::vector<std::string> stored;
        std::vector<std::string> failed;
        for (int i = 0; i < 4; ++i) {
          const auto why = std::to_string(i);
          const auto code = my.write(why);
          (code == "none" ? stored : failed).push_back(why);
        }
        const bool hit = my.vfs.hits() > 0;
        my.vfs.heal();
        INFO("call " << nth << ", fault " << static_cast<int>(fault) << ", for good " << for_good);
        for (const bool anew : {false, true}) {
          if (anew) my.reopen();
          for (const auto& why : stored) CHECK(has_entry(*my.queue, why));
          if (!anew)
            for (const auto& why : failed) CHECK_FALSE(has_entry(*my.queue, why));
          CHECK(my.is_intact());
        }
        CHECK(my.write("after") == "none");
        ++runs;
        if (!hit) break;
      }
    }
  }
  CHECK(runs > 30);
}

TEST_CASE("D3: on media that are not trusted a full disk brings no failed call back later",
          "[D3]") {
  for (std::int64_t nth = 1;; ++nth) {
    Fixture my;
    my.options.power_safe_overwrite = false;
    my.reopen();
    CHECK(my.write("before") == "none");
    my.vfs.fail(DiskCall::write, nth, DiskFault::full);
    const auto code = my.write("lost");
    const bool hit = my.vfs.hits() > 0;
    my.vfs.heal();
    INFO("write " << nth);
    CHECK(has_entry(*my.queue, "lost") == (code == "none"));
    my.reopen();
    CHECK(has_entry(*my.queue, "lost") == (code == "none"));
    CHECK(my.is_intact());
    if (!hit) break;
  }
}

TEST_CASE_METHOD(Fixture, "a failing checkpoint fails no commit") {
  const std::string text(30'000, 'x');
  std::int64_t failed_syncs = 0;
  for (int i = 0; i < 300; ++i) {
    queue->run([&](Database& database) { add_content(database, text); });
    // From here on only a checkpoint writes to the database file.
    if (i == 100) vfs.fail(DiskCall::truncate, 1, DiskFault::io, true);
  }
  failed_syncs = vfs.hits();
  vfs.heal();
  CHECK(failed_syncs >= 0);
  std::int64_t count = 0;
  queue->read(
      [&](Database& database) { count = number_in(database, "SELECT count(*) FROM contents"); });
  CHECK(count == 300);
}
