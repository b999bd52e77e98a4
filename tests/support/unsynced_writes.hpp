#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lodge::test {

/// A file as the disk surely has it, and what was written to it since.
class UnsyncedFile {
 public:
  explicit UnsyncedFile(std::string synced) : synced_(std::move(synced)) {}

  void write(const void* bytes, int size, std::int64_t offset);
  void truncate(std::int64_t size);
  void sync();

  /// What a power cut may leave: each unsynced write is there, or not, or up to a sector's end, as
  /// `draw(n)`, 0 to n - 1, decides. Returns how many were not there whole.
  int cut(const std::function<int(int)>& draw);
  [[nodiscard]] const std::string& image() const { return synced_; }
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

 private:
  struct Write {
    std::int64_t offset = 0;
    std::string bytes{};
    bool truncates = false;
  };
  void apply(const Write& write, std::size_t length);

  std::string synced_;
  std::vector<Write> pending_{};
};

/// The disk of one machine, for every FaultVfs that is told of it: keeps what was synced apart from
/// what is only in the system's memory, so that the power can be cut. Threads: one.
class UnsyncedWrites {
 public:
  /// The file at `path`; what is there when it is first asked for counts as synced.
  UnsyncedFile& file(const std::string& path);

  /// Rewrites every file to what a power cut leaves, and removes shared memory ("-shm"). No file
  /// may be open. Returns how many unsynced writes were lost or torn.
  int cut(const std::function<int(int)>& draw);

 private:
  std::map<std::string, UnsyncedFile> files_{};
};

}  // namespace lodge::test
