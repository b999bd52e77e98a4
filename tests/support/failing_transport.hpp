#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "support/memory_transport.hpp"

namespace lodge::test {

/// How one transfer fails.
struct Fault {
  TransportError error = TransportError::cut;
  /// What the transport will say. 0: it certainly did not leave.
  int departures = 1;
  /// Whether the server received it, and acted. Only possible with departures above 0.
  bool arrives = false;

  static Fault before_departure(TransportError error) { return {error, 0, false}; }
  static Fault request_lost(TransportError error = TransportError::timeout) {
    return {error, 1, false};
  }
  static Fault reply_lost(TransportError error = TransportError::cut) { return {error, 1, true}; }
};

/// The faults of the transfers to come, in the order of their starts. An empty entry, or none left:
/// this one goes well. Threads: any.
class FaultPlan {
 public:
  void then(std::optional<Fault> fault);
  std::optional<Fault> next();
  /// How many entries have not been used.
  [[nodiscard]] std::size_t left() const;

 private:
  mutable std::mutex mutex_;
  std::deque<std::optional<Fault>> faults_;
};

/// A MemoryTransport whose transfers fail as planned.
class FailingTransport : public MemoryTransport {
 public:
  explicit FailingTransport(Server server);

  FaultPlan& plan() { return *plan_; }

 private:
  FailingTransport(Server server, std::shared_ptr<FaultPlan> plan);

  std::shared_ptr<FaultPlan> plan_;
};

}  // namespace lodge::test
