#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::testing {

/// A Transport without a network: `server` answers each request at once, on the thread that calls
/// start(), and collect() returns it. The function sets what a server knows (status, headers,
/// body), or an error; departures, verified (https) and loopback (the URL's host) are filled in.
///
/// While held, the server still answers each request as it starts, but the reply stays on its way:
/// release() lets it arrive, cancel() loses it (as `cancelled`, departed once).
///
/// Threads: any member from any thread.
class MemoryTransport : public Transport {
 public:
  using Server = std::function<Reply(const Request&)>;

  explicit MemoryTransport(Server server) : server_(std::move(server)) {}

  void start(TransferId id, Request request) override;
  void cancel(TransferId id) override;
  std::vector<Finished> collect() override;
  void on_finished(std::function<void()> notify) override;
  void forget_connections() override;

  /// From now on replies wait for release().
  void hold();
  /// One held reply arrives. False: none of that id is held.
  bool release(TransferId id);
  /// All held replies arrive, in the order of their starts; later ones are not held any more.
  void release_all();
  /// The transfers whose replies are held, in the order of their starts.
  [[nodiscard]] std::vector<TransferId> held() const;
  /// How often forget_connections() was called.
  [[nodiscard]] int forgotten() const;

 private:
  void finish(std::vector<Finished> batch);
  std::vector<Finished> take_held(TransferId id);

  Server server_;
  mutable std::mutex mutex_;
  std::vector<Finished> held_;
  std::vector<Finished> finished_;
  std::function<void()> notify_;
  bool holding_ = false;
  int forgotten_ = 0;
};

}  // namespace lodge::testing
