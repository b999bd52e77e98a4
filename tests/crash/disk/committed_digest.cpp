#include <array>
#include <cstring>
#include <map>
#include <stdexcept>

#include "crash/disk/memory_disk_impl.hpp"

// What SQLite reads of a database: its file seen through its log.

namespace lodge::test {
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
    digest = mixed(
        digest, logged != pages.end() ? logged->second : (filed ? file.page_digest(page - 1) : 0));
  }
  return digest;
}

}  // namespace

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
  const bool rolled_back = digest == 0 && sqlite3_errcode(connection) == SQLITE_OK;
  sqlite3_close(connection);
  return rolled_back ? mixed(4, impl_->now.digest()) : digest;
}

}  // namespace lodge::test
