#include "support/unsynced_writes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace lodge::test {
namespace {

constexpr std::size_t sector = 512;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace

void UnsyncedFile::write(const void* bytes, int size, std::int64_t offset) {
  pending_.push_back(
      {offset, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
}

void UnsyncedFile::truncate(std::int64_t size) {
  pending_.push_back({.offset = size, .truncates = true});
}

void UnsyncedFile::apply(const Write& write, std::size_t length) {
  const auto offset = static_cast<std::size_t>(write.offset);
  if (write.truncates) {
    if (offset < synced_.size()) synced_.resize(offset);
    return;
  }
  if (synced_.size() < offset + length) synced_.resize(offset + length);
  std::copy_n(write.bytes.begin(), length, synced_.begin() + write.offset);
}

void UnsyncedFile::sync() {
  for (const Write& write : pending_) apply(write, write.bytes.size());
  pending_.clear();
}

int UnsyncedFile::cut(const std::function<int(int)>& draw) {
  const int keeps = draw(4);  // none, half of them, most, all
  int lost = 0;
  for (const Write& write : std::exchange(pending_, {})) {
    if (draw(3) < keeps) {
      apply(write, write.bytes.size());
      continue;
    }
    ++lost;
    const auto sectors = static_cast<int>(write.bytes.size() / sector);
    if (sectors > 1 && draw(4) == 0) {
      apply(write, sector * static_cast<std::size_t>(1 + draw(sectors - 1)));
    }
  }
  return lost;
}

UnsyncedFile& UnsyncedWrites::file(const std::string& path) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  return files_.emplace(path, UnsyncedFile(text_of(path))).first->second;
}

int UnsyncedWrites::cut(const std::function<int(int)>& draw) {
  int lost = 0;
  for (auto& [path, file] : files_) {
    lost += file.cut(draw);
    std::filesystem::remove(path + "-shm");
    if (!std::filesystem::exists(path)) continue;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(file.image().data(), static_cast<std::streamsize>(file.image().size()));
  }
  return lost;
}

}  // namespace lodge::test
