#include "storage/sqlite/sqlite_error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>

#include "storage/sqlite/gathered_file.hpp"
#include "storage/sqlite/system_error.hpp"

namespace lodge::storage {
namespace {

Error from_system(int code, int system_errno) {
  return system_error(system_errno, "SQLite " + std::to_string(code));
}

/// SQLite keeps the errno of an earlier call where a later one failed without: an open file that is
/// read, written or synced is never found missing.
int without_leftovers(int code, int system_errno) {
  const bool missing = system_errno == ENOENT || system_errno == ENOTDIR;
  const bool by_path = code == SQLITE_IOERR_DELETE || code == SQLITE_IOERR_ACCESS ||
                       code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_GETTEMPPATH;
  return missing && !by_path ? 0 : system_errno;
}

Error io_error(int code, int system_errno) {
  switch (code) {
    case SQLITE_IOERR_NOMEM:
      return system_error(ENOMEM, {});
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
      return sqlite_error(SQLITE_CORRUPT, 0, {});
    case SQLITE_IOERR_VNODE:
      return sqlite_error(SQLITE_READONLY_DBMOVED, 0, {});
    default:
      return from_system(code, without_leftovers(code, system_errno));
  }
}

Error cannot_open(int code, int system_errno) {
  switch (code) {
    case SQLITE_CANTOPEN_SYMLINK:
      return system_error(ELOOP, {});
    case SQLITE_CANTOPEN_ISDIR:
      return {Errc::not_a_store, "The store's path is a folder. Name a file inside it."};
    default:
      return from_system(code, system_errno);
  }
}

Error own_fault(int code, std::string_view detail) {
  return {Errc::broken_invariant, "The store was asked for something wrong (SQLite " +
                                      std::to_string(code) + ": " + std::string(detail) +
                                      "); nothing was changed. Please report this sentence."};
}

}  // namespace

Error sqlite_error(int code, int system_errno, std::string_view detail) {
  switch (code & 0xff) {
    case SQLITE_NOMEM:
      return system_error(ENOMEM, {});
    case SQLITE_NOLFS:
    case SQLITE_FULL:
      return system_error(ENOSPC, {});
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return system_error(EACCES, {});
    case SQLITE_IOERR:
      return io_error(code, system_errno);
    case SQLITE_CANTOPEN:
      return cannot_open(code, system_errno);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {Errc::store_busy,
              "Another program holds the store for too long. Close it (a database viewer, a "
              "backup?) or wait, then try again."};
    case SQLITE_READONLY:
      if (code != SQLITE_READONLY_DBMOVED) return system_error(EROFS, {});
      return {Errc::store_moved,
              "The store's file was renamed, removed or replaced while open. Put it back, or close "
              "the client and open it again."};
    case SQLITE_CORRUPT:
      return {Errc::store_damaged,
              "The store's file is damaged. Keep a copy of all its files, then restore a backup."};
    case SQLITE_NOTADB:
      return {Errc::not_a_store,
              "The file is not a lodge store, or its beginning was overwritten. Name another path, "
              "or restore a backup."};
    case SQLITE_TOOBIG:
      return {Errc::invalid_content,
              "A text is larger than a store can hold (16 MiB). Shorten it."};
    default:
      return own_fault(code, detail);
  }
}

void fail(sqlite3* handle, int code) {
  if (handle == nullptr) throw sqlite_error(code, 0, sqlite3_errstr(code));
  const int extended = sqlite3_extended_errcode(handle);
  const bool same = (extended & 0xff) == (code & 0xff);
  // SQLite keeps no errno of a COMMIT, and takes no other than ENOSPC for a full disk.
  const int of_write = errno_of_failed_write();
  const bool of_commit = extended == SQLITE_IOERR_WRITE && sqlite3_system_errno(handle) == 0;
  throw sqlite_error(same ? extended : code, of_commit ? of_write : sqlite3_system_errno(handle),
                     same ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

void check(sqlite3* handle, int code) {
  if (code != SQLITE_OK) fail(handle, code);
}

}  // namespace lodge::storage
