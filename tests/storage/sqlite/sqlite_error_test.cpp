#include "storage/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <set>

#include "storage/sqlite/system_error.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::storage;

TEST_CASE("every failure of SQLite has the code that fits it") {
  struct Row {
    int code;
    int system_errno;
    Errc expected;
  };
  const Row rows[] = {{SQLITE_NOMEM, 0, Errc::out_of_memory},
                      {SQLITE_IOERR_NOMEM, 0, Errc::out_of_memory},
                      {SQLITE_FULL, 0, Errc::disk_full},
                      {SQLITE_IOERR_WRITE, EDQUOT, Errc::disk_full},
                      {SQLITE_IOERR_WRITE, EFBIG, Errc::disk_full},
                      {SQLITE_IOERR_SHMSIZE, ENOSPC, Errc::disk_full},
                      {SQLITE_IOERR_WRITE, EIO, Errc::io},
                      {SQLITE_IOERR_FSYNC, EIO, Errc::io},
                      {SQLITE_IOERR_CORRUPTFS, 0, Errc::store_damaged},
                      {SQLITE_IOERR_VNODE, 0, Errc::store_moved},
                      {SQLITE_BUSY, 0, Errc::store_busy},
                      {SQLITE_BUSY_SNAPSHOT, 0, Errc::store_busy},
                      {SQLITE_BUSY_RECOVERY, 0, Errc::store_busy},
                      {SQLITE_LOCKED, 0, Errc::store_busy},
                      {SQLITE_PROTOCOL, 0, Errc::store_busy},
                      {SQLITE_READONLY, 0, Errc::read_only},
                      {SQLITE_READONLY_DIRECTORY, 0, Errc::read_only},
                      {SQLITE_READONLY_DBMOVED, 0, Errc::store_moved},
                      {SQLITE_PERM, 0, Errc::permission},
                      {SQLITE_AUTH, 0, Errc::permission},
                      {SQLITE_CANTOPEN, EACCES, Errc::permission},
                      {SQLITE_CANTOPEN, EROFS, Errc::read_only},
                      {SQLITE_CANTOPEN, EMFILE, Errc::io},
                      {SQLITE_CANTOPEN, ENOENT, Errc::io},
                      {SQLITE_CANTOPEN_SYMLINK, 0, Errc::permission},
                      {SQLITE_CANTOPEN_ISDIR, 0, Errc::not_a_store},
                      {SQLITE_CORRUPT, 0, Errc::store_damaged},
                      {SQLITE_CORRUPT_INDEX, 0, Errc::store_damaged},
                      {SQLITE_NOTADB, 0, Errc::not_a_store},
                      {SQLITE_TOOBIG, 0, Errc::invalid_content},
                      {SQLITE_CONSTRAINT_UNIQUE, 0, Errc::broken_invariant},
                      {SQLITE_ERROR, 0, Errc::broken_invariant},
                      {SQLITE_MISUSE, 0, Errc::broken_invariant}};
  for (const auto& row : rows) {
    INFO(row.code << " errno " << row.system_errno);
    const auto error = sqlite_error(row.code, row.system_errno, "detail");
    CHECK(error.code() == row.expected);
    const std::string sentence = error.what();
    CHECK(sentence.back() == '.');
    CHECK(sentence.find('%') == std::string::npos);
  }
}

TEST_CASE("P15: running out of descriptors says so", "[P15]") {
  const std::string sentence = sqlite_error(SQLITE_CANTOPEN, EMFILE, "").what();
  CHECK(sentence.find("file descriptors") != std::string::npos);
}

TEST_CASE("what an earlier call left behind is not told of a file that is open") {
  const std::string missing = "does not exist";
  for (const int code : {SQLITE_IOERR_READ, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC})
    CHECK(std::string(sqlite_error(code, ENOENT, "").what()).find(missing) == std::string::npos);
  for (const int code : {SQLITE_CANTOPEN, SQLITE_IOERR_DELETE})
    CHECK(std::string(sqlite_error(code, ENOENT, "").what()).find(missing) != std::string::npos);
}

TEST_CASE("SQLite's own words are repeated only where lodge's statements are at fault") {
  const std::string detail = "UNIQUE constraint failed: drafts.id";
  for (int code = 1; code < 30; ++code) {
    const auto error = sqlite_error(code, EIO, detail);
    const bool repeated = std::string(error.what()).find(detail) != std::string::npos;
    CHECK(repeated == (error.code() == Errc::broken_invariant));
  }
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Errc::broken_invariant); ++i)
    names.insert(name(static_cast<Errc>(i)));
  CHECK(names.size() == static_cast<std::size_t>(Errc::broken_invariant) + 1);
  CHECK(names.count("unknown") == 0);
  CHECK(name(Errc::disk_full) == "disk_full");
}
