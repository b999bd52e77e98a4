#include "storage/sqlite/database.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clocale>

#include "storage/schema/migrate.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/posix_lock.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "store.lodge";
  Database database{{.path = path}};

  std::string ask(std::string_view sql) {
    Statement statement(database, sql);
    return statement.step() ? std::string(statement.text(0)) : std::string();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "every connection is durable and defended when read back") {
  Database reader({.path = path, .read_only = true});
  for (auto* connection : {&database, &reader}) {
    const auto setting = [&](const char* sql) {
      Statement statement(*connection, sql);
      return statement.step() ? std::string(statement.text(0)) : std::string();
    };
    CHECK(setting("PRAGMA journal_mode") == "wal");
    CHECK(setting("PRAGMA synchronous") == "2");
    CHECK(setting("PRAGMA foreign_keys") == "1");
    CHECK(setting("PRAGMA trusted_schema") == "0");
    CHECK(setting("PRAGMA cell_size_check") == "1");
    CHECK(setting("PRAGMA temp_store") == "2");
    int on = -1;
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
    CHECK(on == 1);
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &on);
    CHECK(on == 1);
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &on);
    CHECK(on == 0);
    CHECK(sqlite3_limit(connection->handle(), SQLITE_LIMIT_ATTACHED, -1) == 0);
    CHECK(sqlite3_limit(connection->handle(), SQLITE_LIMIT_LENGTH, -1) == 16 << 20);
  }
  CHECK(ask("PRAGMA secure_delete") == "1");
  CHECK(ask("PRAGMA wal_autocheckpoint") == "0");
}

TEST_CASE_METHOD(Fixture, "double-quoted strings are no strings, and nothing can be attached") {
  CHECK(code_of([&] { database.run("SELECT \"no such column\""); }) == "broken_invariant");
  CHECK(code_of([&] { database.run("ATTACH ':memory:' AS other"); }) == "broken_invariant");
  CHECK(code_of([&] { database.run("SELECT load_extension('x')"); }) == "broken_invariant");
}

TEST_CASE_METHOD(Fixture, "values come back as they were bound") {
  database.run("CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d TEXT) STRICT");
  const std::string text("caf\xc3\xa9\0x", 7);
  Statement insert(database, "INSERT INTO t VALUES (?1, ?2, ?3, ?4)");
  insert.bind(1, INT64_MIN).bind(2, text).bind_blob(3, std::string_view()).bind_null(4).run();
  Statement read(database, "SELECT a, b, c, d FROM t");
  REQUIRE(read.step());
  CHECK(read.integer(0) == INT64_MIN);
  CHECK(read.text(1) == text);
  CHECK_FALSE(read.is_null(2));
  CHECK(read.blob(2).empty());
  CHECK(read.is_null(3));
  CHECK(read.text(3).empty());
  CHECK_FALSE(read.step());
}

TEST_CASE_METHOD(Fixture, "a reset statement forgets its values") {
  database.run("CREATE TABLE t (a INTEGER)");
  database.use("INSERT INTO t VALUES (?1)")->bind(1, std::int64_t{7}).run();
  {
    auto again = database.use("INSERT INTO t VALUES (?1)");
    again->run();
  }
  CHECK(ask("SELECT count(*) FROM t WHERE a IS NULL") == "1");
}

TEST_CASE_METHOD(Fixture, "a cached statement that fails can be used again") {
  database.run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
  constexpr const char* insert = "INSERT INTO t VALUES (?1)";
  database.use(insert)->bind(1, std::int64_t{1}).run();
  CHECK(code_of([&] { database.use(insert)->bind(1, std::int64_t{1}).run(); }) ==
        "broken_invariant");
  database.use(insert)->bind(1, std::int64_t{2}).run();
  CHECK(ask("SELECT count(*) FROM t") == "2");
}

TEST_CASE_METHOD(Fixture, "a statement used inside itself is refused") {
  constexpr const char* numbers = "SELECT 1 UNION SELECT 2";
  auto outer = database.use(numbers);
  REQUIRE(outer->step());
  CHECK(code_of([&] { database.use(numbers); }) == "broken_invariant");
  CHECK(outer->step());
}

TEST_CASE_METHOD(Fixture, "a savepoint is undone alone") {
  database.run("CREATE TABLE t (a INTEGER)");
  database.begin_immediate();
  database.savepoint();
  database.run("INSERT INTO t VALUES (1)");
  database.release_savepoint();
  database.savepoint();
  database.run("INSERT INTO t VALUES (2)");
  database.rollback_savepoint();
  CHECK(database.in_transaction());
  database.commit();
  CHECK(ask("SELECT sum(a) FROM t") == "1");
}

TEST_CASE_METHOD(Fixture, "rolling back without a transaction is harmless") {
  CHECK(database.rollback());
  database.begin_immediate();
  CHECK(database.rollback());
  CHECK_FALSE(database.in_transaction());
}

TEST_CASE_METHOD(Fixture, "P13: a write transaction begins as a writer, before it reads", "[P13]") {
  migrate(database);
  database.begin_immediate();
  Database other({.path = path, .busy_timeout = std::chrono::milliseconds(1)});
  CHECK(code_of([&] { other.begin_immediate(); }) == "store_busy");
  other.begin_reading();
  CHECK(other.rollback());
  database.rollback();
  other.begin_immediate();
  CHECK(other.rollback());
}

TEST_CASE_METHOD(Fixture, "the log is counted, restarted and truncated") {
  database.run("CREATE TABLE t (a BLOB)");
  for (int i = 0; i < 10; ++i) database.run("INSERT INTO t VALUES (randomblob(9000))");
  CHECK(database.log_pages() > 20);
  const auto log_size = std::filesystem::file_size(path + "-wal");
  REQUIRE(database.checkpoint(false));
  CHECK(database.log_pages() == 0);
  CHECK(std::filesystem::file_size(path + "-wal") == log_size);
  database.run("INSERT INTO t VALUES (1)");
  CHECK(database.log_pages() < 10);
  CHECK(std::filesystem::file_size(path + "-wal") == log_size);
  REQUIRE(database.checkpoint(true));
  CHECK(std::filesystem::file_size(path + "-wal") == 0);
}

TEST_CASE_METHOD(Fixture, "D15: a reader holds up no checkpoint, it is put off", "[D15]") {
  database.run("CREATE TABLE t (a BLOB)");
  Database reader({.path = path, .read_only = true});
  reader.begin_reading();
  Statement(reader, "SELECT count(*) FROM t").run();
  database.run("INSERT INTO t VALUES (1)");
  CHECK_FALSE(database.checkpoint(false));
  reader.rollback();
  CHECK(database.checkpoint(false));
}

TEST_CASE_METHOD(Fixture, "closing leaves the log, without a checkpoint") {
  {
    Database other({.path = path});
    other.run("CREATE TABLE t (a BLOB)");
  }
  CHECK(std::filesystem::file_size(path + "-wal") > 0);
}

TEST_CASE_METHOD(Fixture, "a reader cannot write") {
  Database reader({.path = path, .read_only = true});
  CHECK(code_of([&] { reader.run("CREATE TABLE t (a)"); }) == "read_only");
}

TEST_CASE_METHOD(Fixture, "D6: a file that was renamed, removed or replaced is noticed", "[D6]") {
  CHECK_FALSE(database.moved());
  std::filesystem::rename(path, path + "-elsewhere");
  CHECK(database.moved());
  Database other({.path = path});
  CHECK(database.moved());
  CHECK_FALSE(database.is_same_file_as(other));
  std::filesystem::rename(path + "-elsewhere", path);
  CHECK_FALSE(database.moved());
  CHECK(other.moved());
}

TEST_CASE_METHOD(Fixture, "media that spoil neighbouring bytes can be declared") {
  Database careful({.path = path, .power_safe_overwrite = false});
  int assumed = -1;
  sqlite3_file_control(careful.handle(), "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &assumed);
  CHECK(assumed == 0);
  assumed = -1;
  sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_POWERSAFE_OVERWRITE, &assumed);
  CHECK(assumed == 1);
}

TEST_CASE("paths with signs that mean something in a URI name the file they seem to") {
  TemporaryFolder folder;
  const auto path = folder / "a b?c=1&d%41#e:\xc3\xa9";
  Database database({.path = path});
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("a path that is empty or holds NUL is refused") {
  CHECK(code_of([] { Database database({.path = ""}); }) == "invalid_argument");
  CHECK(code_of([] { Database database({.path = std::string("a\0b", 3)}); }) == "invalid_argument");
}

TEST_CASE_METHOD(Fixture, "P4: closing in a forked child leaves the parent's connection alone",
                 "[P4]") {
  database.run("CREATE TABLE t (a INTEGER)");
  auto inherited = std::make_unique<Database>(DatabaseOptions{.path = path});
  inherited->begin_immediate();
  inherited->run("INSERT INTO t VALUES (1)");
  const pid_t child = fork();
  if (child == 0) {
    inherited.reset();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  inherited->commit();
  CHECK(ask("SELECT count(*) FROM t") == "1");
}

TEST_CASE_METHOD(Fixture, "P5: opening a store again, or failing to, keeps the locks of the first",
                 "[P5]") {
  migrate(database);
  REQUIRE(holds_shared_lock(path));
  { Database again({.path = path}); }
  { Database reader({.path = path, .read_only = true}); }
  database.run("PRAGMA user_version = 99");
  CHECK(code_of([&] { Database refused({.path = path}); }) == "store_too_new");
  CHECK(holds_shared_lock(path));
}

TEST_CASE_METHOD(Fixture, "P15: a locale with a decimal comma changes no number", "[P15]") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) std::setlocale(LC_ALL, "C.UTF-8");
  CHECK(ask("SELECT 1.5") == "1.5");
  CHECK(ask("PRAGMA application_id") == "1819239527");
  std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("SQLite's version is reported") {
  CHECK(sqlite_version().find(sqlite3_libversion()) == 0);
}
