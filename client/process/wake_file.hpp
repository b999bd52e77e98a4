#pragma once

#include <filesystem>
#include <mutex>

#include "client/process/unique_fd.hpp"

namespace lodge::client {

/// A file beside the store that whoever has submitted writes to and the flushing process watches.
/// What it contains means nothing, except that it is never the same twice.
/// Threads: any.
class WakeFile {
 public:
  explicit WakeFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// After the commit. False when it could not be written; the submission then waits for the
  /// flusher's next look. Costs a few microseconds, syncs nothing.
  bool touch() noexcept;

  /// Makes the file, so that it can be watched. Throws lodge::Error.
  void create();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void open_current();

  const std::filesystem::path path_;
  std::mutex mutex_;
  UniqueFd file_;
};

}  // namespace lodge::client
