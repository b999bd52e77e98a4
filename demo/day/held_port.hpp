#pragma once

#include <cstdint>

namespace lodge::demo {

/// Keeps a port of 127.0.0.1 for us without listening: connections are refused while nobody
/// listens, and nobody else is given the port, so that a Listener can come and go on it.
class HeldPort {
 public:
  /// Throws std::runtime_error when the system gives none.
  HeldPort();
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;
  ~HeldPort();

  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  int socket_ = -1;
  std::uint16_t number_ = 0;
};

}  // namespace lodge::demo
