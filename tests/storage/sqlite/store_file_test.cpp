#include "storage/sqlite/store_file.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "storage/schema/schema.hpp"
#include "storage/sqlite/commit_queue.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/posix_lock.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;
namespace fs = std::filesystem;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// Opens a store at the path and writes to it.
void use_store(const std::string& path) {
  CommitQueue queue(StoreOptions{.path = path});
  queue.run([](Database& database) {
    database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('used', 1)");
  });
}

std::string header_version_of_store(const std::string& path, int version) {
  {
    RawDatabase raw(path);
    raw.run("PRAGMA application_id = " + std::to_string(application_id) +
            "; PRAGMA user_version = " + std::to_string(version) + "; CREATE TABLE t (a)");
  }
  return bytes_of(path);
}

/// The refusal's code; the file and its folder must be as they were.
std::string refusal(const TemporaryFolder& folder, const std::string& path) {
  const auto before = bytes_of(path);
  const auto files = files_in(folder.path());
  const auto mode = mode_of(path);
  const auto error = error_of([&] { use_store(path); });
  REQUIRE(error);
  CHECK(bytes_of(path) == before);
  CHECK(files_in(folder.path()) == files);
  CHECK(mode_of(path) == mode);
  CHECK(std::string(error->what()).back() == '.');
  return std::string(name(error->code()));
}

}  // namespace

TEST_CASE("D13: noise is refused and left alone", "[D13]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  write_file(path, GENERATE(std::string("x"), std::string("SQLite format 3"),
                            std::string(5000, '\xa7'), std::string(100, '\0')));
  CHECK(refusal(folder, path) == "not_a_store");
}

TEST_CASE("D13: another program's database is refused and left alone", "[D13]") {
  TemporaryFolder folder;
  const auto path = folder / "other.db";
  const bool with_log = GENERATE(false, true);
  {
    RawDatabase other(path);
    if (with_log) other.run("PRAGMA journal_mode = WAL");
    other.run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  }
  CHECK(refusal(folder, path) == "not_a_store");
}

TEST_CASE("D13: another program's empty database is refused and left alone", "[D13]") {
  TemporaryFolder folder;
  const auto path = folder / "other.db";
  RawDatabase(path).run("PRAGMA user_version = 3");
  CHECK(refusal(folder, path) == "not_a_store");
}

TEST_CASE("D13, P10: a newer lodge's store is refused and left alone", "[D13][P10]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  header_version_of_store(path, migrations().back().to + 1);
  CHECK(refusal(folder, path) == "store_too_new");
}

TEST_CASE("P10: a version that is still in the log counts too", "[P10]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  use_store(path);
  RawDatabase newer(path);
  newer.run("PRAGMA user_version = 99");
  CHECK(code_of([&] { use_store(path); }) == "store_too_new");
}

TEST_CASE("D13: a folder, a pipe and a device are refused", "[D13]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  SECTION("folder") { fs::create_directory(path); }
  SECTION("pipe") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  SECTION("device") { fs::create_symlink("/dev/null", folder / "null"); }
  if (fs::exists(path)) {
    CHECK(code_of([&] { use_store(path); }) == "not_a_store");
    CHECK(files_in(folder.path()) == 1);
  }
  CHECK(code_of([&] { use_store("/dev/null"); }) == "not_a_store");
  CHECK(code_of([&] { use_store(folder.path() + "/"); }) == "not_a_store");
  CHECK(code_of([&] { use_store(folder / ".."); }) == "not_a_store");
}

TEST_CASE("D13: an empty file becomes a store", "[D13]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  write_file(path, "");
  use_store(path);
  CHECK(RawDatabase(path).number("PRAGMA user_version") == migrations().back().to);
  CHECK(bytes_of(path).substr(0, 15) == "SQLite format 3");
}

TEST_CASE("S2: a link at the store's path is not followed", "[S2]") {
  TemporaryFolder folder;
  const auto target = folder / "target";
  const auto path = folder / "store.lodge";
  const bool dangling = GENERATE(true, false);
  if (!dangling) write_file(target, "precious");
  fs::create_symlink(target, path);
  CHECK(code_of([&] { use_store(path); }) == "permission");
  CHECK(fs::exists(target) == !dangling);
  if (!dangling) CHECK(bytes_of(target) == "precious");
}

TEST_CASE("S2: a link or another kind of file beside the store is refused", "[S2]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  const std::string suffix = GENERATE("-wal", "-shm", "-journal", "-write");
  fs::create_symlink(folder / "target", path + suffix);
  CHECK(code_of([&] { use_store(path); }) == "permission");
  CHECK_FALSE(fs::exists(folder / "target"));
}

TEST_CASE("a store in a folder that is reached through a link works") {
  TemporaryFolder folder;
  fs::create_directory(folder / "real");
  fs::create_directory_symlink(folder / "real", folder / "link");
  use_store(folder / "link/store.lodge");
  CHECK(fs::exists(folder / "real/store.lodge"));
}

TEST_CASE("S2: another user's file is refused", "[S2]") {
  if (geteuid() != 0) return;  // only root can give files away
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  write_file(path, "");
  REQUIRE(chown(path.c_str(), 12345, 12345) == 0);
  CHECK(refusal(folder, path) == "permission");
}

TEST_CASE("S2: another user's log beside the store is refused", "[S2]") {
  if (geteuid() != 0) return;
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  write_file(path + "-wal", "");
  REQUIRE(chown((path + "-wal").c_str(), 12345, 12345) == 0);
  CHECK(code_of([&] { use_store(path); }) == "permission");
}

TEST_CASE("S1: under any umask all files of a store are for the owner alone", "[S1]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  const auto mask = GENERATE(0U, 022U, 0777U);
  const auto before = umask(mask);
  std::optional<CommitQueue> queue;
  const auto code = code_of([&] {
    queue.emplace(StoreOptions{.path = path});
    queue->run([](Database& database) {
      database.run("INSERT INTO meta (name, value) VALUES ('used', 1)");
    });
  });
  umask(before);
  CHECK(code == "none");
  for (const std::string suffix : {"", "-wal", "-shm", "-write"}) {
    INFO(suffix);
    CHECK(mode_of(path + suffix) == 0600U);
  }
}

TEST_CASE("S1: a store that others can read is closed to them", "[S1]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  use_store(path);
  for (const std::string suffix : {"", "-wal", "-shm"}) chmod((path + suffix).c_str(), 0644);
  use_store(path);
  for (const std::string suffix : {"", "-wal", "-shm"}) CHECK(mode_of(path + suffix) == 0600U);
}

TEST_CASE("a missing folder is named as such, and is not made") {
  TemporaryFolder folder;
  const auto error = error_of([&] { use_store(folder / "missing/store.lodge"); });
  REQUIRE(error);
  CHECK(error->code() == Errc::io);
  CHECK(std::string(error->what()).find("does not exist") != std::string::npos);
  CHECK_FALSE(fs::exists(folder / "missing"));
}

TEST_CASE("D7: a log without its store is not thrown away", "[D7]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  use_store(path);
  const auto log = bytes_of(path + "-wal");
  REQUIRE_FALSE(log.empty());
  fs::remove(path);
  if (GENERATE(false, true)) write_file(path, "");
  CHECK(code_of([&] { use_store(path); }) == "store_damaged");
  CHECK(bytes_of(path + "-wal") == log);
}

TEST_CASE("D14: the first thing on disk already says whose file it is", "[D14]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  { Database database({.path = path}); }
  // Before any migration, and although its log was lost.
  fs::remove(path + "-wal");
  use_store(path);
  CHECK(fs::file_size(path) > 0);
}

TEST_CASE("D14: a creation that was cut short is undone, not refused", "[D14]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  // What a power cut leaves: a torn first page, and the journal of an empty file.
  write_file(path, std::string(4096, '\x5a'));
  std::string journal("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
  journal += std::string(4, '\0');                  // pages in the journal
  journal += std::string(4, '\x11');                // nonce
  journal += std::string(4, '\0');                  // pages of the file before
  journal += std::string("\0\0\2\0\0\0\x10\0", 8);  // sector and page size
  journal.resize(512, '\0');
  write_file(path + "-journal", journal);
  CHECK(code_of([&] { use_store(path); }) == "none");
}

TEST_CASE("P5: a store that SQLite has open here is not opened for a look", "[P5]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  CommitQueue first(StoreOptions{.path = path});
  first.run([](Database&) {});
  REQUIRE(holds_shared_lock(path));
  { CommitQueue second(StoreOptions{.path = path}); }
  { Database reader({.path = path, .read_only = true}); }
  CHECK(holds_shared_lock(path));
}

TEST_CASE("D12: network file systems are known by their number", "[D12]") {
  CHECK(is_network_file_system(0x6969));
  CHECK(is_network_file_system(0xff534d42));
  CHECK_FALSE(is_network_file_system(0xef53));      // ext4
  CHECK_FALSE(is_network_file_system(0x01021994));  // tmpfs
}
