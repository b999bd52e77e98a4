#pragma once

#include <filesystem>
#include <vector>

#include "client/process/unique_fd.hpp"

namespace lodge::client {

/// One inotify instance; on other systems one that never has anything to say. Not for two threads
/// at once.
class Inotify {
 public:
  struct News {
    int watch = -1;          ///< -1: events were lost, anything may have happened
    bool happened = false;   ///< what was asked for
    bool displaced = false;  ///< the path may name another file now, or none
    bool ended = false;      ///< this watch says nothing any more
  };

  /// `use` false, or no inotify to be had: fd() is -1 and add() fails.
  explicit Inotify(bool use);

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// The number of the watch, -1 when it cannot be had.
  int add_written(const std::filesystem::path& path);
  int add_closed(const std::filesystem::path& path);
  void remove(int watch);

  /// Everything that is there. Never blocks.
  std::vector<News> read();

 private:
  UniqueFd fd_;
};

}  // namespace lodge::client
