#include "crash/disk/memory_disk.hpp"

#include <atomic>
#include <stdexcept>
#include <utility>

#include "crash/disk/memory_disk_impl.hpp"

namespace lodge::test {

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
  fill_vfs(*impl_);
  if (sqlite3_vfs_register(&impl_->vfs, 0) != SQLITE_OK) throw std::runtime_error("no VFS");
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
  impl_->syncs = 0;
  impl_->synced.clear();
  impl_->recording = true;
}

void MemoryDisk::stop_recording() { impl_->recording = false; }

const DiskImage& MemoryDisk::recorded_from() const { return impl_->from; }
const std::vector<DiskOperation>& MemoryDisk::log() const { return impl_->log; }
void MemoryDisk::watch(std::function<void()> before) { impl_->watch = std::move(before); }
void MemoryDisk::deceive(const Deceit& deceit) { impl_->deceit = deceit; }

}  // namespace lodge::test
