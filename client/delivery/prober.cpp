#include "client/delivery/prober.hpp"

#include <algorithm>

#include "client/system/system_random.hpp"
#include "lodge/retry.hpp"
#include "queue/answer/classify_probe.hpp"

namespace lodge::client {
namespace {

// Attempts are numbered from 1, the refresher's reads from 2^62.
constexpr TransferId probe_id = TransferId{1} << 61;
constexpr RetryPolicy rhythm{.ceiling = std::chrono::seconds(60)};

}  // namespace

bool Prober::in_doubt() const {
  const Path path = monitor_.path();
  return path == Path::captive ||
         (path != Path::offline && monitor_.server() == ServerState::unreachable);
}

bool Prober::take(std::vector<Finished>& finished) {
  const auto own = std::ranges::find(finished, probe_id, &Finished::id);
  if (own == finished.end()) return false;
  const Finished answer = std::move(*own);
  finished.erase(own);
  under_way_ = false;
  return hear(answer.reply);
}

bool Prober::hear(const Reply& reply) {
  switch (queue::classify_probe(reply)) {
    case queue::ProbeAnswer::server:
      monitor_.answered(true);
      return true;
    case queue::ProbeAnswer::somebody:
      monitor_.answered(false);  // a form of its own shows more
      return true;
    case queue::ProbeAnswer::intercepted:
      monitor_.intercepted();
      return false;
    case queue::ProbeAnswer::nobody:
      return false;
  }
  return false;
}

std::optional<Time> Prober::step(bool work_waits) {
  if (url_.empty() || under_way_) return std::nullopt;
  if (!work_waits || !in_doubt()) {
    tries_ = 0;
    next_.reset();
    return std::nullopt;
  }
  const Time now = clock_.now();
  // Also where the clock was set back, no probe is further away than the rhythm allows.
  if (!next_ || *next_ > now + rhythm.ceiling) {
    tries_ = std::min(tries_ + 1, 1'000);
    next_ = now + queue::backoff(rhythm, tries_, as_chance(random_()));
  }
  if (*next_ > now) return next_;
  next_.reset();
  under_way_ = true;
  transport_.start(probe_id, {.method = Method::get,
                              .url = url_,
                              .headers = {{"Cache-Control", "no-cache"}},
                              .reply_limit = std::size_t{64} << 10});
  return std::nullopt;
}

}  // namespace lodge::client
