#include "storage/schema/migrate.hpp"

#include "storage/schema/schema.hpp"
#include "storage/sqlite/commit_queue.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/fault_vfs.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_size.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

std::int64_t number_of(Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.step() ? statement.integer(0) : -1;
}

}  // namespace

TEST_CASE("a new store gets the newest schema and lodge's numbers") {
  TemporaryFolder folder;
  Database database({.path = folder / "store.lodge"});
  CHECK(migrate(database));
  CHECK(number_of(database, "PRAGMA user_version") == migrations().back().to);
  CHECK(number_of(database, "PRAGMA application_id") == application_id);
  CHECK_FALSE(migrate(database));
}

TEST_CASE("migrations are numbered from 1 without gaps") {
  int expected = 1;
  for (const auto& migration : migrations()) CHECK(migration.to == expected++);
}

TEST_CASE("S5: a schema that somebody changed is damage", "[S5]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  {
    Database database({.path = path});
    migrate(database);
  }
  const std::string change =
      GENERATE("CREATE TABLE extra (a)", "DROP TRIGGER history_is_never_edited",
               "DROP INDEX submissions_due", "CREATE VIEW v AS SELECT 1",
               "ALTER TABLE meta ADD COLUMN b ANY",
               "CREATE TRIGGER bad AFTER INSERT ON meta BEGIN DELETE FROM meta; END");
  RawDatabase(path).run(change);
  Database database({.path = path});
  CHECK(code_of([&] { migrate(database); }) == "store_damaged");
}

TEST_CASE("statistics that an operator had SQLite gather are no damage") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  {
    Database database({.path = path});
    migrate(database);
  }
  RawDatabase(path).run("ANALYZE");
  Database database({.path = path});
  CHECK_FALSE(migrate(database));
}

TEST_CASE("a newer schema is refused") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  Database database({.path = path});
  migrate(database);
  database.run("PRAGMA user_version = 99");
  CHECK(code_of([&] { migrate(database); }) == "store_too_new");
}

TEST_CASE("D16: a migration that fails at any call leaves the old or the new schema", "[D16]") {
  for (const auto fault : {DiskFault::io, DiskFault::full, DiskFault::half}) {
    std::int64_t failures = 0;
    for (std::int64_t nth = 1;; nth += stride(7)) {
      TemporaryFolder folder;
      FaultVfs vfs;
      const StoreOptions options{.path = folder / "store.lodge", .vfs = vfs.name()};
      vfs.fail_any(nth, fault);
      const auto code = code_of([&] { CommitQueue queue(options); });
      const bool hit = vfs.hits() > 0;
      vfs.heal();
      INFO("call " << nth << ": " << code);
      if (code != "none") ++failures;
      CHECK(code_of([&] { CommitQueue queue(options); }) == "none");
      if (!hit) break;
    }
    CHECK(failures > 5);
  }
}
