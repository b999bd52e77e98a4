#include "storage/sqlite/log_vfs.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <mutex>

#include "lodge/error.hpp"
#include "storage/sqlite/gathered_file.hpp"

namespace lodge::storage {

struct LogVfs::Impl {
  std::string over{};
  std::string name{};
  sqlite3_vfs* inner = nullptr;
  sqlite3_vfs vfs{};
};

namespace {

struct Registry {
  std::mutex mutex{};
  std::map<std::string, std::weak_ptr<const LogVfs>> by_name{};
  std::int64_t made = 0;
};

Registry& registry() {
  static auto* const all = new Registry;
  return *all;
}

sqlite3_vfs* inner_of(sqlite3_vfs* vfs) {
  return static_cast<const LogVfs::Impl*>(vfs->pAppData)->inner;
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* inner = inner_of(vfs);
  // Without power-safe overwriting SQLite fills sectors up, and cuts frames in two around the sync:
  // what comes after it would stay gathered, and other connections would miss it.
  const bool whole_frames = sqlite3_uri_boolean(path, "psow", 1) != 0;
  if ((flags & SQLITE_OPEN_WAL) != 0 && whole_frames)
    return open_gathered_file(inner, path, file, flags, flags_out);
  return inner->xOpen(inner, path, file, flags, flags_out);
}

template <auto Method, class Result, class... Arguments>
Result forward(sqlite3_vfs* vfs, Arguments... arguments) {
  sqlite3_vfs* inner = inner_of(vfs);
  return (inner->*Method)(inner, arguments...);
}

using Symbol = void (*)();
using Call = sqlite3_syscall_ptr;

void fill(LogVfs::Impl& my) {
  my.vfs = *my.inner;
  my.vfs.szOsFile = gathered_file_size(my.inner->szOsFile);
  my.vfs.pNext = nullptr;
  my.vfs.zName = my.name.c_str();
  my.vfs.pAppData = &my;
  my.vfs.xOpen = open;
  my.vfs.xDelete = forward<&sqlite3_vfs::xDelete, int, const char*, int>;
  my.vfs.xAccess = forward<&sqlite3_vfs::xAccess, int, const char*, int, int*>;
  my.vfs.xFullPathname = forward<&sqlite3_vfs::xFullPathname, int, const char*, int, char*>;
  my.vfs.xDlOpen = forward<&sqlite3_vfs::xDlOpen, void*, const char*>;
  my.vfs.xDlError = forward<&sqlite3_vfs::xDlError, void, int, char*>;
  my.vfs.xDlSym = forward<&sqlite3_vfs::xDlSym, Symbol, void*, const char*>;
  my.vfs.xDlClose = forward<&sqlite3_vfs::xDlClose, void, void*>;
  my.vfs.xRandomness = forward<&sqlite3_vfs::xRandomness, int, int, char*>;
  my.vfs.xSleep = forward<&sqlite3_vfs::xSleep, int, int>;
  my.vfs.xCurrentTime = forward<&sqlite3_vfs::xCurrentTime, int, double*>;
  my.vfs.xGetLastError = forward<&sqlite3_vfs::xGetLastError, int, int, char*>;
  if (my.vfs.iVersion >= 2)
    my.vfs.xCurrentTimeInt64 = forward<&sqlite3_vfs::xCurrentTimeInt64, int, sqlite3_int64*>;
  if (my.vfs.iVersion >= 3) {
    my.vfs.xSetSystemCall = forward<&sqlite3_vfs::xSetSystemCall, int, const char*, Call>;
    my.vfs.xGetSystemCall = forward<&sqlite3_vfs::xGetSystemCall, Call, const char*>;
    my.vfs.xNextSystemCall = forward<&sqlite3_vfs::xNextSystemCall, const char*, const char*>;
  }
}

// Called for every way in which a transaction ends without its commit.
void drop_undone(void* connection) {
  sqlite3_file* log = nullptr;
  const int code = sqlite3_file_control(static_cast<sqlite3*>(connection), "main",
                                        SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
  if (code == SQLITE_OK) drop_gathered(log);
}

}  // namespace

void LogVfs::attend(sqlite3* connection) {
  sqlite3_rollback_hook(connection, drop_undone, connection);
}

std::shared_ptr<const LogVfs> LogVfs::over(const std::string& name) {
  auto& known = registry();
  const std::lock_guard lock(known.mutex);
  auto& place = known.by_name[name];
  sqlite3_vfs* inner = sqlite3_vfs_find(name.empty() ? nullptr : name.c_str());
  if (auto held = place.lock(); held && held->impl_->inner == inner) return held;
  if (inner == nullptr)
    throw Error(Errc::invalid_argument,
                "No SQLite VFS is registered as '" + name +
                    "'. Register it first, or leave Options::sqlite_vfs empty.");
  auto impl = std::make_unique<Impl>();
  impl->over = name;
  impl->name = "lodge-log-" + std::to_string(++known.made);  // never one that is just going away
  impl->inner = inner;
  fill(*impl);
  std::shared_ptr<const LogVfs> made(new LogVfs(std::move(impl)));
  if (sqlite3_vfs_register(&made->impl_->vfs, 0) != SQLITE_OK)
    throw Error(Errc::io, "SQLite could not be started. Check that the machine has memory left.");
  place = made;
  return made;
}

LogVfs::LogVfs(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LogVfs::~LogVfs() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& LogVfs::name() const { return impl_->name; }

}  // namespace lodge::storage
