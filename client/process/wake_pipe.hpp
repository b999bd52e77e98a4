#pragma once

#include <chrono>

#include "client/process/unique_fd.hpp"

namespace lodge::client {

/// Ends another thread's wait: a byte in a pipe, for poll() or whatever waits for descriptors.
/// Threads: any. Errors: the constructor throws std::system_error without two free descriptors;
/// nothing else throws, or needs anything of the system.
class WakePipe {
 public:
  WakePipe();

  /// Readable from signal() until drain().
  [[nodiscard]] int readable() const { return out_.get(); }

  void signal() const noexcept;
  void drain() const noexcept;
  /// Waits that long for a signal, and drains it.
  void wait(std::chrono::milliseconds longest) const noexcept;

 private:
  UniqueFd out_;
  UniqueFd in_;
};

}  // namespace lodge::client
