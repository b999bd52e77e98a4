#include "storage/sqlite/log_vfs.hpp"

#include <sqlite3.h>

#include "storage/sqlite/database.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fault_vfs.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

namespace {

constexpr const char* insert = "INSERT INTO t (a) VALUES (zeroblob(?1))";

/// A store with one table, on files that can be made to fail.
struct Fixture {
  Fixture() { database.run("CREATE TABLE t (a BLOB)"); }

  DatabaseOptions options(bool read_only = false) const {
    return {.path = folder / "store", .vfs = vfs.name(), .read_only = read_only};
  }

  void add(std::int64_t bytes) { database.use(insert)->bind(1, bytes).run(); }

  std::int64_t rows_seen_by_another() const {
    Database other(options(true));
    Statement count(other, "SELECT count(*) FROM t");
    count.step();
    return count.integer(0);
  }

  TemporaryFolder folder{};
  FaultVfs vfs{};
  Database database{options()};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a commit of many pages is one write to the log") {
  database.begin_immediate();
  for (int i = 0; i < 10; ++i) add(3'000);
  const auto before = vfs.count(DiskCall::write);
  database.commit();
  CHECK(vfs.count(DiskCall::write) - before == 1);
  CHECK(rows_seen_by_another() == 10);
}

TEST_CASE_METHOD(Fixture, "a commit larger than what is gathered arrives whole") {
  database.begin_immediate();
  for (int i = 0; i < 100; ++i) add(30'000);
  database.commit();
  CHECK(rows_seen_by_another() == 100);
  CHECK(database.checkpoint(true));
  CHECK(rows_seen_by_another() == 100);
}

TEST_CASE_METHOD(Fixture,
                 "pages that left the cache before the commit are read back from the log") {
  database.run("PRAGMA cache_size = 10");
  database.begin_immediate();
  for (int i = 0; i < 50; ++i) add(4'000);
  Statement sum(database, "SELECT count(*), sum(length(a)) FROM t");
  REQUIRE(sum.step());
  CHECK(sum.integer(0) == 50);
  CHECK(sum.integer(1) == 200'000);
  sum.reset();
  database.commit();
  CHECK(rows_seen_by_another() == 50);
}

TEST_CASE_METHOD(Fixture,
                 "a write to the log that fails fails the commit, and the next one works") {
  for (const auto fault : {DiskFault::io, DiskFault::full, DiskFault::half}) {
    database.begin_immediate();
    add(3'000);
    vfs.fail(DiskCall::write, 1, fault);
    CHECK_THROWS_AS(database.commit(), Error);
    CHECK(database.rollback());
    CHECK(rows_seen_by_another() == 0);
  }
  database.begin_immediate();
  add(3'000);
  database.commit();
  CHECK(rows_seen_by_another() == 1);
}

TEST_CASE_METHOD(
    Fixture,
    "what could not be handed on in the middle of a transaction is not lost to its commit") {
  database.run("PRAGMA cache_size = 10");
  database.begin_immediate();
  for (int i = 0; i < 20; ++i) add(4'000);
  vfs.fail(DiskCall::write, 1, DiskFault::io);
  Statement sum(database, "SELECT sum(length(a)) FROM t");
  CHECK_THROWS_AS(sum.step(), Error);  // reads a page that only the log has
  vfs.heal();
  sum.reset();
  if (database.in_transaction()) {
    database.commit();
    CHECK(rows_seen_by_another() == 20);
  } else {
    CHECK(rows_seen_by_another() == 0);
  }
  CHECK(vfs.hits() == 1);
}

TEST_CASE_METHOD(Fixture,
                 "a statement that found the disk full takes nothing of its transaction with it") {
  database.run("PRAGMA cache_size = 10; CREATE TABLE u (a BLOB UNIQUE)");
  database.begin_immediate();
  for (int i = 0; i < 20; ++i) add(4'000);
  vfs.fail(DiskCall::write, 1, DiskFault::full);
  CHECK_THROWS_AS(database.run("INSERT INTO u SELECT randomblob(4000) FROM t"), Error);
  REQUIRE(vfs.hits() == 1);
  REQUIRE(database.in_transaction());
  database.commit();
  CHECK(rows_seen_by_another() == 20);
}

TEST_CASE_METHOD(Fixture,
                 "D19: what was undone never lands on what another connection committed there",
                 "[D19]") {
  Database other(options());
  database.run("PRAGMA cache_size = 10");
  database.begin_immediate();
  for (int i = 0; i < 20; ++i)
    add(4'000);  // more than the cache holds: some of it left for the log
  SECTION("by a word") { REQUIRE(database.rollback()); }
  SECTION("by a disk that fails for as long as it takes another to commit") {
    vfs.fail(DiskCall::write, 1, DiskFault::half, true);
    CHECK_THROWS_AS(database.commit(), Error);
    vfs.heal();
  }
  other.begin_immediate();
  for (int i = 0; i < 30; ++i) other.use(insert)->bind(1, std::int64_t{4'000}).run();
  other.commit();
  Statement sum(database, "SELECT count(*), sum(length(a)) FROM t");
  REQUIRE(sum.step());
  CHECK(sum.integer(0) == 30);
  CHECK(sum.integer(1) == 120'000);
  sum.reset();
  CHECK(database.checkpoint(false));
  CHECK(rows_seen_by_another() == 30);
}

// Else a power cut could leave old frames, which are long in the file, valid under the new ones.
TEST_CASE_METHOD(Fixture, "a log that begins anew has its header on disk before any frame") {
  constexpr std::int64_t header = 32;
  add(3'000);
  REQUIRE(database.checkpoint(false));
  database.begin_immediate();
  add(3'000);
  const auto before = vfs.bytes_written();
  vfs.fail(DiskCall::sync, 1, DiskFault::io);
  CHECK_THROWS_AS(database.commit(), Error);
  CHECK(vfs.bytes_written() - before == header);
}

TEST_CASE("a VFS over another goes when the last who holds it goes") {
  FaultVfs vfs;
  std::string name;
  {
    const auto first = LogVfs::over(vfs.name());
    const auto second = LogVfs::over(vfs.name());
    CHECK(first == second);
    name = first->name();
    CHECK(sqlite3_vfs_find(name.c_str()) != nullptr);
  }
  CHECK(sqlite3_vfs_find(name.c_str()) == nullptr);
  CHECK(code_of([] { static_cast<void>(LogVfs::over("nobody's")); }) == "invalid_argument");
}
