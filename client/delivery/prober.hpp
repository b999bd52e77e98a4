#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/delivery/monitor.hpp"
#include "lodge/clock.hpp"
#include "lodge/options.hpp"
#include "lodge/transport.hpp"

namespace lodge::client {

/// Asks Options::probe_url whether the server can be reached again, while forms wait behind a
/// portal or a server that does not answer; so they need not wait for a probe of their own, which
/// is up to 15 min away. Without a link there is nothing to ask: the system tells when it is back.
///
/// Threads: the worker. Errors: none.
class Prober {
 public:
  /// `url` empty: never asks. All of the others outlive the prober.
  Prober(std::string url, Transport& transport, Monitor& monitor, Clock& clock, RandomSource random)
      : url_(std::move(url)),
        transport_(transport),
        monitor_(monitor),
        clock_(clock),
        random_(std::move(random)) {}

  /// Takes the replies that are its own out of `finished`. True: the server can be reached.
  bool take(std::vector<Finished>& finished);

  /// Sends a probe if one is due. Returns when the next will be; empty: none is needed, or one is
  /// under way.
  std::optional<Time> step(bool work_waits);

 private:
  [[nodiscard]] bool in_doubt() const;
  bool hear(const Reply& reply);

  std::string url_;
  Transport& transport_;
  Monitor& monitor_;
  Clock& clock_;
  RandomSource random_;
  bool under_way_ = false;
  int tries_ = 0;  ///< in this doubt
  std::optional<Time> next_{};
};

}  // namespace lodge::client
