#include "storage/sqlite/gathered_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace lodge::storage {
namespace {

// SQLite's own VFS takes a write's length for 17 bits. Larger transactions go in parts.
constexpr int room = 120 << 10;
constexpr int frame_header = 24;   // database file format, section 4.1
constexpr int size_in_header = 4;  // there, not 0: the frame that commits
constexpr int alignment = 16;

/// SQLite's file with what it wrote last and has not been handed on; the inner file stands behind.
struct GatheredFile {
  sqlite3_file base{};
  char* bytes = nullptr;
  sqlite3_int64 start = 0;  ///< where in the file the gathered bytes belong
  int used = 0;
  bool committing = false;  ///< the page that comes next ends the transaction
};

thread_local int failed_write = 0;

constexpr int own_size = (static_cast<int>(sizeof(GatheredFile)) + alignment - 1) & -alignment;

GatheredFile& own(sqlite3_file* file) { return *reinterpret_cast<GatheredFile*>(file); }

sqlite3_file* inner_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + own_size);
}

int write_through(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  sqlite3_file* inner = inner_of(file);
  errno = 0;
  const int code = inner->pMethods->xWrite(inner, data, count, offset);
  if (code == SQLITE_IOERR_WRITE) failed_write = errno;
  return code;
}

/// What could not be written stays: SQLite may go on in the transaction, and commit it.
int hand_on(sqlite3_file* file) {
  GatheredFile& my = own(file);
  if (my.used == 0) return SQLITE_OK;
  const int code = write_through(file, my.bytes, my.used, my.start);
  if (code == SQLITE_OK) my.used = 0;
  return code;
}

template <auto Method, class... Arguments>
int after_handing_on(sqlite3_file* file, Arguments... arguments) {
  const int code = hand_on(file);
  sqlite3_file* inner = inner_of(file);
  return code != SQLITE_OK ? code : (inner->pMethods->*Method)(inner, arguments...);
}

template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* inner = inner_of(file);
  return (inner->pMethods->*Method)(inner, arguments...);
}

bool begins_commit(const char* bytes, int count) {
  if (count != frame_header) return false;
  return std::any_of(bytes + size_in_header, bytes + 2 * size_in_header,
                     [](char byte) { return byte != 0; });
}

bool fits(const GatheredFile& my, int count, sqlite3_int64 offset) {
  return offset >= my.start && offset <= my.start + my.used && offset + count - my.start <= room;
}

void gather(GatheredFile& my, const char* bytes, int count, sqlite3_int64 offset) {
  if (my.used == 0) my.start = offset;
  const auto place = static_cast<int>(offset - my.start);
  std::memcpy(my.bytes + place, bytes, static_cast<std::size_t>(count));
  my.used = std::max(my.used, place + count);
}

int write(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
  GatheredFile& my = own(file);
  const auto* bytes = static_cast<const char*>(data);
  if (my.used > 0 && !fits(my, count, offset)) {
    if (const int code = hand_on(file); code != SQLITE_OK) return code;
  }
  if (count > room) return write_through(file, data, count, offset);
  gather(my, bytes, count, offset);
  const bool commits = my.committing;
  my.committing = begins_commit(bytes, count);
  return commits ? hand_on(file) : SQLITE_OK;
}

int read(sqlite3_file* file, void* data, int count, sqlite3_int64 offset) {
  const GatheredFile& my = own(file);
  const bool apart = offset >= my.start + my.used || offset + count <= my.start;
  const int code = apart ? SQLITE_OK : hand_on(file);
  return code != SQLITE_OK ? code : forward<&sqlite3_io_methods::xRead>(file, data, count, offset);
}

int close(sqlite3_file* file) {
  GatheredFile& my = own(file);
  const int code = forward<&sqlite3_io_methods::xClose>(file);
  sqlite3_free(my.bytes);
  my = {};
  return code;
}

// Version 1: shared memory and memory mapping are the database's file's, never the log's.
constexpr sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = after_handing_on<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = after_handing_on<&sqlite3_io_methods::xSync, int>,
    .xFileSize = after_handing_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = forward<&sqlite3_io_methods::xLock, int>,
    .xUnlock = forward<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = forward<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = forward<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

}  // namespace

void drop_gathered(sqlite3_file* file) {
  if (file == nullptr || file->pMethods != &methods) return;
  own(file).used = 0;
  own(file).committing = false;
}

int errno_of_failed_write() { return std::exchange(failed_write, 0); }

int gathered_file_size(int inner) { return own_size + inner; }

int open_gathered_file(sqlite3_vfs* inner, const char* path, sqlite3_file* file, int flags,
                       int* flags_out) {
  GatheredFile& my = *new (file) GatheredFile;
  my.bytes = static_cast<char*>(sqlite3_malloc(room));
  if (my.bytes == nullptr) return SQLITE_NOMEM;
  sqlite3_file* file_behind = inner_of(file);
  file_behind->pMethods = nullptr;
  const int code = inner->xOpen(inner, path, file_behind, flags, flags_out);
  if (file_behind->pMethods != nullptr) {
    my.base.pMethods = &methods;  // SQLite closes what has methods, opened or not
  } else {
    sqlite3_free(my.bytes);
    my = {};
  }
  return code;
}

}  // namespace lodge::storage
