#include "crash/disk/memory_disk.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "crash/disk/memory_disk_impl.hpp"

namespace lodge::test {
namespace {

MemoryDisk::Impl& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<MemoryDisk::Impl*>(vfs->pAppData);
}

std::span<const std::uint8_t> as_bytes(const void* bytes, std::size_t size) {
  return {static_cast<const std::uint8_t*>(bytes), size};
}

int close(sqlite3_file* file) {
  auto& my = memory_file(file);
  unmap_memory(file, 0);
  unlock_file(file, SQLITE_LOCK_NONE);
  if ((my.flags & SQLITE_OPEN_DELETEONCLOSE) != 0) my.disk->now.files.erase(*my.name);
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const auto count = memory_file(file).content->read(
      offset, {static_cast<std::uint8_t*>(bytes), static_cast<std::size_t>(size)});
  return count == size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/// A large write reaches the medium page by page, in any order: each piece may be lost alone.
void note_pages(MemoryFile& my, std::string_view bytes, std::int64_t offset) {
  constexpr std::int64_t page = 4096;
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, static_cast<std::size_t>(page - offset % page));
    my.disk->note({.kind = DiskOperation::Kind::write,
                   .file = *my.name,
                   .offset = offset,
                   .bytes = std::string(piece)});
    bytes.remove_prefix(piece.size());
    offset += static_cast<std::int64_t>(piece.size());
  }
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  auto& my = memory_file(file);
  const auto count = static_cast<std::size_t>(size);
  if (my.disk->recording) note_pages(my, {static_cast<const char*>(bytes), count}, offset);
  my.content->write(offset, as_bytes(bytes, count));
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  auto& my = memory_file(file);
  my.disk->note({.kind = DiskOperation::Kind::truncate, .file = *my.name, .offset = size});
  if (size < my.content->size()) my.content->resize(size);
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  auto& my = memory_file(file);
  if (my.disk->deceit.lies_about_sync) return SQLITE_OK;
  my.disk->note({.kind = DiskOperation::Kind::sync, .file = *my.name});
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = memory_file(file).content->size();
  return SQLITE_OK;
}

/// Sets what the deceit says, and answers with what was asked for.
int deceive_pragma(MemoryFile& my, char** words) {
  const auto& deceit = my.disk->deceit;
  if (deceit.synchronous.empty() || my.connection < deceit.from_connection) return SQLITE_NOTFOUND;
  if (std::strcmp(words[1], "synchronous") != 0) return SQLITE_NOTFOUND;
  if (words[2] == nullptr) {
    words[0] = sqlite3_mprintf("2");
    return SQLITE_OK;
  }
  std::snprintf(words[2], std::strlen(words[2]) + 1, "%s", deceit.synchronous.c_str());
  return SQLITE_NOTFOUND;
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  if (operation == SQLITE_FCNTL_PRAGMA)
    return deceive_pragma(memory_file(file), static_cast<char**>(argument));
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) { return 512; }

int device_characteristics(sqlite3_file* file) {
  return memory_file(file).power_safe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

const sqlite3_io_methods methods = {2,
                                    close,
                                    read,
                                    write,
                                    truncate,
                                    sync,
                                    file_size,
                                    lock_file,
                                    unlock_file,
                                    is_reserved,
                                    file_control,
                                    sector_size,
                                    device_characteristics,
                                    map_memory,
                                    lock_memory,
                                    memory_barrier,
                                    unmap_memory,
                                    nullptr,
                                    nullptr};

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
  const bool writes = (flags & SQLITE_OPEN_MAIN_DB) != 0 && (flags & SQLITE_OPEN_READWRITE) != 0;
  my.connection = writes ? ++disk.writing_connections : 0;
  my.power_safe_overwrite = sqlite3_uri_boolean(path, "psow", 1) != 0;
  file->pMethods = &methods;
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

namespace {

std::uint32_t number_at(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U |
         std::uint32_t{bytes[2]} << 8U | bytes[3];
}

/// The pages that are read through the first frames of a log, wherever they are ("walformat", 4).
std::uint64_t read_through(const PagedFile& file, const PagedFile& log, std::uint32_t frames) {
  std::map<std::uint32_t, std::uint64_t> pages;
  std::array<std::uint8_t, 24 + PagedFile::page_size> frame{};
  for (std::int64_t i = 0; i < frames; ++i) {
    log.read(32 + i * static_cast<std::int64_t>(frame.size()), frame);
    pages[number_at(frame)] = page_digest_of(std::span(frame).subspan(24));
  }
  const auto count = number_at(std::span(frame).subspan(4));
  std::uint64_t digest = mixed(3, count);
  for (std::uint32_t page = 1; page <= count; ++page) {
    const auto logged = pages.find(page);
    const bool filed = PagedFile::page_size * page <= file.size();
    digest = mixed(digest, logged != pages.end() ? logged->second
                                                 : (filed ? file.page_digest(page - 1) : 0));
  }
  return digest;
}

}  // namespace

std::uint64_t DiskImage::digest() const {
  std::uint64_t digest = 1;
  for (const auto& [name, file] : files) {
    for (const char c : name) digest = mixed(digest, static_cast<unsigned char>(c));
    digest = mixed(digest, file.digest());
  }
  return digest;
}

MemoryDisk::MemoryDisk() : impl_(std::make_unique<Impl>()) {
  static std::atomic<int> made{0};
  impl_->name = "memory-" + std::to_string(++made);
  auto& vfs = impl_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(MemoryFile));
  vfs.mxPathname = 512;
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

MemoryDisk::~MemoryDisk() { sqlite3_vfs_unregister(&impl_->vfs); }

const std::string& MemoryDisk::name() const { return impl_->name; }
const DiskImage& MemoryDisk::image() const { return impl_->now; }

void MemoryDisk::load(const DiskImage& image) {
  if (!impl_->shared.empty()) throw std::logic_error("a connection is still open");
  impl_->now = image;
  impl_->locks.clear();
  impl_->recording = false;
  impl_->log.clear();
  impl_->writing_connections = 0;
}

void MemoryDisk::record() {
  impl_->from = impl_->now;
  impl_->log.clear();
  impl_->recording = true;
}

void MemoryDisk::stop_recording() { impl_->recording = false; }

std::uint64_t MemoryDisk::committed_digest(const std::string& database) const {
  const auto shared = impl_->shared.find(database);
  if (shared == impl_->shared.end() || shared->second.regions.empty()) return 0;
  // The head of the log's index (SQLite's file format, "walformat", 2.1): at 14 the page size, at
  // 16 the number of the last committed frame.
  const auto& head = shared->second.regions.front();
  std::uint16_t page_size = 0;
  std::uint32_t frames = 0;
  std::memcpy(&page_size, &head[14], sizeof page_size);
  std::memcpy(&frames, &head[16], sizeof frames);
  const auto file = impl_->now.files.find(database);
  if (page_size == 0 || file == impl_->now.files.end()) return 0;
  const auto log = impl_->now.files.find(database + "-wal");
  if (frames == 0 || log == impl_->now.files.end()) return file->second.digest();
  if (page_size != PagedFile::page_size) throw std::logic_error("pages of another size");
  return read_through(file->second, log->second, frames);
}

std::uint64_t MemoryDisk::recovered_digest(const std::string& database) const {
  sqlite3* connection = nullptr;
  std::uint64_t digest = 0;
  // A version in the file's head is read without the schema: its parsing is what costs.
  if (sqlite3_open_v2(database.c_str(), &connection, SQLITE_OPEN_READWRITE, impl_->name.c_str()) ==
          SQLITE_OK &&
      sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr) == SQLITE_OK &&
      sqlite3_exec(connection, "PRAGMA user_version", nullptr, nullptr, nullptr) == SQLITE_OK)
    digest = committed_digest(database);
  sqlite3_close(connection);
  return digest;
}

const DiskImage& MemoryDisk::recorded_from() const { return impl_->from; }
const std::vector<DiskOperation>& MemoryDisk::log() const { return impl_->log; }
void MemoryDisk::deceive(const Deceit& deceit) { impl_->deceit = deceit; }

}  // namespace lodge::test
