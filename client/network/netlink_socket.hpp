#pragma once

#ifdef __linux__

#include "client/process/unique_fd.hpp"

namespace lodge::client {

/// Hears what the kernel says about links, addresses and routes of this network namespace.
class NetlinkSocket {
 public:
  /// Throws std::system_error.
  NetlinkSocket();

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Reads all that is there. True when anything of it can matter; also when messages were lost.
  bool changed();

 private:
  UniqueFd fd_;
};

}  // namespace lodge::client

#endif
