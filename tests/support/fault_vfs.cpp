#include "support/fault_vfs.hpp"

#include <sqlite3.h>
#include <time.h>

#include <array>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>

#include "support/unsynced_writes.hpp"

namespace lodge::test {
namespace {

constexpr std::size_t call_count = 7;

struct Plan {
  std::optional<DiskCall> call{};  // empty: any
  std::int64_t left = 0;           // 0: nothing planned
  DiskFault fault = DiskFault::io;
  bool for_good = false;
  bool spreads = false;  // once it struck, to all calls
};

}  // namespace

struct FaultVfs::Impl {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* system = nullptr;

  mutable std::mutex mutex;
  // Guarded by mutex.
  Plan plan;
  std::array<std::int64_t, call_count> counts{};
  std::int64_t hits = 0;
  std::int64_t bytes = 0;
  std::int64_t sync_delay = 0;

  UnsyncedWrites* unsynced = nullptr;  // set before files are opened

  /// Counts a call; the fault it has to answer, if it is one that was planned.
  std::optional<DiskFault> enter(DiskCall call) {
    const std::lock_guard lock(mutex);
    ++counts[static_cast<std::size_t>(call)];
    if (plan.left == 0 || (plan.call && *plan.call != call)) return std::nullopt;
    if (plan.left > 1) {
      --plan.left;
      return std::nullopt;
    }
    if (!plan.for_good) plan.left = 0;
    if (plan.spreads) plan.call.reset();
    ++hits;
    return plan.fault;
  }
};

namespace {

/// SQLite allocates this; the system's file follows it.
struct File {
  sqlite3_file base;
  FaultVfs::Impl* owner;
  sqlite3_file* real;
  UnsyncedFile* unsynced;  // null: nobody asked
};

File& ours(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file).real; }
FaultVfs::Impl& owner(sqlite3_vfs* vfs) { return *static_cast<FaultVfs::Impl*>(vfs->pAppData); }

int answer(DiskFault fault, int io_code) {
  return fault == DiskFault::full ? SQLITE_FULL : io_code;
}

int close(sqlite3_file* file) {
  const int code = real(file)->pMethods->xClose(real(file));
  return code;
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  if (ours(file).owner->enter(DiskCall::read)) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), bytes, size, offset);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  auto& impl = *ours(file).owner;
  if (const auto fault = impl.enter(DiskCall::write)) {
    if (*fault == DiskFault::half) {
      if (ours(file).unsynced) ours(file).unsynced->write(bytes, size / 2, offset);
      real(file)->pMethods->xWrite(real(file), bytes, size / 2, offset);
    }
    return answer(*fault, SQLITE_IOERR_WRITE);
  }
  {
    const std::lock_guard lock(impl.mutex);
    impl.bytes += size;
  }
  if (ours(file).unsynced) ours(file).unsynced->write(bytes, size, offset);
  return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const auto fault = ours(file).owner->enter(DiskCall::truncate))
    return answer(*fault, SQLITE_IOERR_TRUNCATE);
  if (ours(file).unsynced) ours(file).unsynced->truncate(size);
  return real(file)->pMethods->xTruncate(real(file), size);
}

int sync(sqlite3_file* file, int flags) {
  auto& impl = *ours(file).owner;
  if (const auto fault = impl.enter(DiskCall::sync)) return answer(*fault, SQLITE_IOERR_FSYNC);
  std::int64_t delay = 0;
  {
    const std::lock_guard lock(impl.mutex);
    delay = impl.sync_delay;
  }
  if (delay > 0) {
    // A disk that takes its time: the one place where waiting is what is being imitated.
    timespec left{delay / 1'000'000, (delay % 1'000'000) * 1'000};
    while (nanosleep(&left, &left) != 0) {
    }
  }
  if (ours(file).unsynced) ours(file).unsynced->sync();
  return real(file)->pMethods->xSync(real(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  if (const auto fault = ours(file).owner->enter(DiskCall::shared_memory)) {
    *memory = nullptr;
    return answer(*fault, SQLITE_IOERR_SHMMAP);
  }
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, memory);
}
int lock_shared(sqlite3_file* file, int first, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), first, count, flags);
}
void barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods methods = {2,
                                    close,
                                    read,
                                    write,
                                    truncate,
                                    sync,
                                    file_size,
                                    lock,
                                    unlock,
                                    check_reserved_lock,
                                    file_control,
                                    sector_size,
                                    device_characteristics,
                                    map_shared,
                                    lock_shared,
                                    barrier,
                                    unmap_shared,
                                    nullptr,
                                    nullptr};

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  auto& impl = owner(vfs);
  std::memset(file, 0, sizeof(File));
  if (const auto fault = impl.enter(DiskCall::open)) return answer(*fault, SQLITE_CANTOPEN);
  auto* const behind =
      reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
  std::memset(behind, 0, static_cast<std::size_t>(impl.system->szOsFile));
  const int code = impl.system->xOpen(impl.system, path, behind, flags, out_flags);
  if (behind->pMethods == nullptr) return code;
  ours(file).owner = &impl;
  ours(file).real = behind;
  if (impl.unsynced && path) ours(file).unsynced = &impl.unsynced->file(path);
  file->pMethods = &methods;
  return code;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  auto& impl = owner(vfs);
  if (const auto fault = impl.enter(DiskCall::remove)) return answer(*fault, SQLITE_IOERR_DELETE);
  if (impl.unsynced) {
    impl.unsynced->file(path).truncate(0);
    impl.unsynced->file(path).sync();
  }
  return impl.system->xDelete(impl.system, path, sync_folder);
}

int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  return owner(vfs).system->xAccess(owner(vfs).system, path, flags, result);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return owner(vfs).system->xFullPathname(owner(vfs).system, path, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return owner(vfs).system->xRandomness(owner(vfs).system, size, out);
}
int sleep(sqlite3_vfs* vfs, int microseconds) {
  return owner(vfs).system->xSleep(owner(vfs).system, microseconds);
}
int current_time(sqlite3_vfs* vfs, double* time) {
  return owner(vfs).system->xCurrentTime(owner(vfs).system, time);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return owner(vfs).system->xGetLastError(owner(vfs).system, size, out);
}
int current_time_64(sqlite3_vfs* vfs, sqlite3_int64* time) {
  return owner(vfs).system->xCurrentTimeInt64(owner(vfs).system, time);
}

}  // namespace

FaultVfs::FaultVfs(const std::string& over) : impl_(std::make_unique<Impl>()) {
  static std::atomic<int> made{0};
  impl_->name = "fault-" + std::to_string(++made);
  impl_->system = sqlite3_vfs_find(over.empty() ? nullptr : over.c_str());
  auto& vfs = impl_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + impl_->system->szOsFile;
  vfs.mxPathname = impl_->system->mxPathname;
  vfs.zName = impl_->name.c_str();
  vfs.pAppData = impl_.get();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_64;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::runtime_error("no VFS");
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& FaultVfs::name() const { return impl_->name; }

void FaultVfs::fail(DiskCall call, std::int64_t nth, DiskFault fault, bool for_good) {
  const std::lock_guard lock(impl_->mutex);
  impl_->plan = {.call = call, .left = nth, .fault = fault, .for_good = for_good};
}

void FaultVfs::fail_any(std::int64_t nth, DiskFault fault, bool for_good) {
  const std::lock_guard lock(impl_->mutex);
  impl_->plan = {.left = nth, .fault = fault, .for_good = for_good};
}

void FaultVfs::fail_all_from(DiskCall call, std::int64_t nth, DiskFault fault) {
  const std::lock_guard lock(impl_->mutex);
  impl_->plan = {.call = call, .left = nth, .fault = fault, .for_good = true, .spreads = true};
}

void FaultVfs::heal() {
  const std::lock_guard lock(impl_->mutex);
  impl_->plan = {};
}

std::int64_t FaultVfs::count(DiskCall call) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counts[static_cast<std::size_t>(call)];
}

std::int64_t FaultVfs::total() const {
  const std::lock_guard lock(impl_->mutex);
  std::int64_t sum = 0;
  for (const auto count : impl_->counts) sum += count;
  return sum;
}

std::int64_t FaultVfs::hits() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->hits;
}

std::int64_t FaultVfs::bytes_written() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->bytes;
}

void FaultVfs::note_writes_in(UnsyncedWrites* writes) { impl_->unsynced = writes; }

void FaultVfs::set_sync_delay(std::int64_t microseconds) {
  const std::lock_guard lock(impl_->mutex);
  impl_->sync_delay = microseconds;
}

}  // namespace lodge::test
