#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "crash/disk/memory_disk_impl.hpp"

// What SQLite does with an open file.

namespace lodge::test {
namespace {

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

int fail_to_sync(MemoryFile& my) {
  auto& disk = *my.disk;
  disk.note({.kind = DiskOperation::Kind::failed_sync, .file = *my.name});
  if (disk.deceit.forgets) disk.forget_unsynced(*my.name, *my.content);
  return disk.deceit.tells ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  auto& my = memory_file(file);
  auto& disk = *my.disk;
  if (disk.deceit.lies_about_sync) return SQLITE_OK;
  if (disk.recording && ++disk.syncs == disk.deceit.failing_sync) return fail_to_sync(my);
  disk.note({.kind = DiskOperation::Kind::sync, .file = *my.name});
  // As SQLite's own VFS does, so that the file's name is on the medium, too.
  if (std::exchange(my.folder_unsynced, false))
    disk.note({.kind = DiskOperation::Kind::sync_folder, .file = {}});
  if (disk.deceit.forgets) disk.synced.insert_or_assign(*my.name, *my.content);
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = memory_file(file).content->size();
  return SQLITE_OK;
}

/// Answers a question with what was asked for, and has a setting set something else.
int deceive_with(char** words, const char* asked_for, const char* really) {
  if (words[2] == nullptr) {
    words[0] = sqlite3_mprintf("%s", asked_for);
    return SQLITE_OK;
  }
  std::snprintf(words[2], std::strlen(words[2]) + 1, "%s", really);
  return SQLITE_NOTFOUND;
}

int deceive_pragma(MemoryFile& my, char** words) {
  const auto& deceit = my.disk->deceit;
  const bool deceived = my.connection >= deceit.from_connection;
  const std::string_view name = words[1];
  if (name == "synchronous" && !deceit.synchronous.empty() && deceived)
    return deceive_with(words, "2", deceit.synchronous.c_str());
  // A mode that SQLite does not know changes nothing.
  if (name == "journal_mode" && deceit.keeps_rollback_journal)
    return deceive_with(words, "wal", "?");
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

const sqlite3_io_methods table = {2,
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

}  // namespace

const sqlite3_io_methods& memory_file_methods() { return table; }

}  // namespace lodge::test
