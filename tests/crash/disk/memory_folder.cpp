#include <cstdio>
#include <cstring>

#include "crash/disk/memory_disk_impl.hpp"

// What SQLite does with files by their names.

namespace lodge::test {
namespace {

MemoryDisk::Impl& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<MemoryDisk::Impl*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto& disk = disk_of(vfs);
  std::memset(file, 0, sizeof(MemoryFile));
  const std::string name = path == nullptr ? "temporary" : path;
  auto place = disk.now.files.find(name);
  if (place == disk.now.files.end()) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    place = disk.now.files.try_emplace(name).first;
    disk.note({.kind = DiskOperation::Kind::create, .file = name});
  }
  auto& my = memory_file(file);
  my.disk = &disk;
  my.name = &place->first;
  my.content = &place->second;
  my.flags = flags;
  constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  my.folder_unsynced = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
  const bool writes = (flags & SQLITE_OPEN_MAIN_DB) != 0 && (flags & SQLITE_OPEN_READWRITE) != 0;
  my.connection = writes ? ++disk.writing_connections : 0;
  my.power_safe_overwrite = sqlite3_uri_boolean(path, "psow", 1) != 0;
  file->pMethods = &memory_file_methods();
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto& disk = disk_of(vfs);
  if (disk.now.files.erase(path) == 0) return SQLITE_IOERR_DELETE_NOENT;
  disk.note({.kind = DiskOperation::Kind::remove, .file = path, .lasting = sync_folder != 0});
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* path, int, int* result) {
  const auto& files = disk_of(vfs).now.files;
  const auto place = files.find(path);
  *result = place != files.end() && place->second.size() > 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  std::snprintf(out, static_cast<std::size_t>(size), "%s", path);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  auto& chance = disk_of(vfs).chance;
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>((chance = mixed(chance, 7)) >> 24U);
  return size;
}

// Nobody else could make progress meanwhile.
int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, double* time) {
  *time = 2'460'000.5;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

int current_time_64(sqlite3_vfs*, sqlite3_int64* time) {
  *time = 212'544'000'000'000;
  return SQLITE_OK;
}

}  // namespace

void fill_vfs(MemoryDisk::Impl& disk) {
  auto& vfs = disk.vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(MemoryFile));
  vfs.mxPathname = 512;
  vfs.zName = disk.name.c_str();
  vfs.pAppData = &disk;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_64;
}

}  // namespace lodge::test
