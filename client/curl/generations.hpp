#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "client/process/wake_pipe.hpp"

namespace lodge::client {

/// The connections opened since the network last changed, and the transfers on them.
struct Generation {
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{curl_multi_init(),
                                                              &curl_multi_cleanup};
  int running = 0;
};

/// The generations of connections: new transfers go to the newest, older ones end with the
/// transfers that they carry.
///
/// Threads: all on the loop's. Errors: newest() alone throws std::bad_alloc.
class Generations {
 public:
  explicit Generations(int max_connections) : max_connections_(max_connections) {}

  /// Where new transfers go. Opened here, when there is something to go: a network that changes
  /// while nothing can be had costs nothing.
  Generation& newest();
  /// Nothing new finds the connections that there are.
  void retire() noexcept { retired_ = true; }
  /// Closes the connections that nothing will use any more.
  void drop_ended() noexcept;

  /// By place, since newest() may add one.
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  Generation& operator[](std::size_t place) { return *all_[place]; }

  /// Waits until something happens on a connection, a time-out is due or `bell` rings. False: there
  /// is no memory to wait with.
  bool wait(const WakePipe& bell) noexcept;

 private:
  const int max_connections_;
  std::vector<std::unique_ptr<Generation>> all_{};
  bool retired_ = true;
};

}  // namespace lodge::client
