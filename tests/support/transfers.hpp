#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::test {

/// Waits for a transport's transfers, as the worker does: sleep until notified, then collect.
class Transfers {
 public:
  explicit Transfers(Transport& transport);
  ~Transfers();
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  /// Starts one and returns its reply; a `timeout` with departures -1 after `longest`.
  Reply exchange(Request request, std::chrono::seconds longest = std::chrono::seconds(20));
  /// Starts one under the next free id.
  TransferId start(Request request);
  /// Waits until `count` more have ended; fewer after `longest`. In the order of their ends.
  std::vector<Finished> wait(std::size_t count,
                             std::chrono::seconds longest = std::chrono::seconds(20));
  /// How often the transport called.
  [[nodiscard]] int notified() const;

 private:
  Transport& transport_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Finished> arrived_;
  TransferId last_id_ = 0;
  int notified_ = 0;
  int seen_ = 0;
};

Request get(std::string url);
Request put(std::string url, std::string body);

}  // namespace lodge::test
