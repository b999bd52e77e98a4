#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "queue/answer/settle.hpp"
#include "queue/schedule/plan.hpp"

namespace lodge::test {

/// A form as the store would hand it out, and whether it is under way.
struct FleetForm {
  storage::Due due{};
  bool under_way = false;
  bool delivered = false;
};

/// One client of a fleet: the real rules (plan, classify, settle, gates) over forms in memory. No
/// store, no threads: what a delivery pass does with them, in a hundred lines.
class Machine {
 public:
  /// A request that leaves: which form, and the request's step.
  using Leave = std::function<void(std::size_t form, Step step)>;

  Machine(const queue::Profile& profile, int forms, int in_flight);

  /// The way is back: first attempts wait for a moment drawn from `window`.
  void come_back(Time now, Duration window, double chance);

  /// A pass: lets go what may go; when to look again, empty: after a reply.
  std::optional<Time> look(Time now, const Leave& leave);

  void receive(std::size_t form, Step step, const Reply& reply, Time now, double chance);

  [[nodiscard]] int waiting() const { return waiting_; }
  [[nodiscard]] int in_doubt() const;

 private:
  [[nodiscard]] queue::Plan plan(Time now) const;
  std::vector<std::size_t> due(Time now, std::size_t limit) const;
  [[nodiscard]] std::optional<Time> next_due(Time now) const;
  void let_go(std::size_t form, const Leave& leave);

  const queue::Profile& profile_;
  std::vector<FleetForm> forms_{};
  std::vector<storage::Gate> gates_{};
  queue::Refusals refusals_{};
  queue::Failures failures_{};
  queue::Network network_{};
  int in_flight_ = 0;
  int waiting_ = 0;  ///< not delivered yet
  int under_way_ = 0;
  std::optional<std::size_t> probe_{};
};

}  // namespace lodge::test
