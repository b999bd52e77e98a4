#include "queue/schedule/plan.hpp"

#include <algorithm>

#include "queue/schedule/gate_match.hpp"

namespace lodge::queue {
namespace {

using storage::Gate;
using storage::GateReason;
using storage::GateScope;
using storage::Stream;

// Somebody who asks again and again is served a probe this often while there is no path.
constexpr std::chrono::seconds eager_probe(5);

enum class Way { closed, probe, open };

struct View {
  Way way = Way::open;
  std::optional<Time> ends{};  ///< when it may be better
};

// A time that no hold of ours could have set: the clock was set back.
bool is_absurd(Time until, Time now, const Profile& profile) {
  return until > now + profile.longest_hold();
}

void keep_earliest(std::optional<Time>& earliest, Time time) {
  if (!earliest || time < *earliest) earliest = time;
}

Way way_through(const Gate& gate, std::optional<Time> end, Time now) {
  if (!end || *end > now) return Way::closed;
  return gate.reason == GateReason::paused ? Way::open : Way::probe;
}

View view_of(const Stream& stream, const PlanInput& input, const Profile& profile) {
  View view;
  for (const Gate& gate : input.gates) {
    if (!concerns(gate, stream.collection, stream.identity, stream.lane)) continue;
    const auto end = end_of_gate(gate, input.now, profile);
    const Way way = way_through(gate, end, input.now);
    if (way < view.way) view.way = way;
    if (way != Way::closed) continue;
    if (!end) return {Way::closed, std::nullopt};  // by a word only, whatever the others say
    if (!view.ends || *end > *view.ends) view.ends = end;
  }
  return view;
}

bool has_work(const Stream& stream) {
  return stream.count(State::pending) + stream.count(State::unconfirmed) > 0;
}

bool has_path(const Network& network) {
  return network.path != Path::offline && network.path != Path::captive;
}

// The earliest moment at which anything may go at all.
Time begin(const PlanInput& input, const Profile& profile) {
  if (!has_path(input.network)) {
    return next_probe_offline(input.network, input.now, profile, input.eager);
  }
  return input.eager ? input.now : end_of_spread(input.network, input.now, profile);
}

}  // namespace

bool concerns(const Gate& gate, std::string_view collection, std::string_view identity,
              std::string_view lane) {
  switch (gate.scope) {
    case GateScope::all:
    case GateScope::origin:
      return true;
    case GateScope::collection:
      return gate.name == collection;
    case GateScope::identity:
      return gate.name == identity;
    case GateScope::lane:
      return gate.name == lane;
  }
  return true;
}

Time next_probe_offline(const Network& network, Time now, const Profile& profile, bool eager) {
  if (!network.last_attempt || *network.last_attempt > now) return now;
  const Duration interval =
      eager ? std::min<Duration>(eager_probe, profile.probe_interval) : profile.probe_interval;
  return std::max(now, *network.last_attempt + interval);
}

Time end_of_spread(const Network& network, Time now, const Profile& profile) {
  if (!network.not_before || is_absurd(*network.not_before, now, profile)) return now;
  return std::max(now, *network.not_before);
}

std::optional<Time> end_of_gate(const Gate& gate, Time now, const Profile& profile) {
  if (!gate.until || gate.reason == GateReason::paused) return gate.until;
  return is_absurd(*gate.until, now, profile) ? now : *gate.until;
}

Plan plan(const PlanInput& input, const Profile& profile) {
  Plan result;
  const Time start = begin(input, profile);
  for (const Stream& stream : input.streams) {
    const bool sends = stream.count(State::sending) > 0;
    if (!has_work(stream) && !sends) continue;
    const View view = view_of(stream, input, profile);
    const bool goes = view.way == Way::open && start <= input.now && has_path(input.network);
    if (sends && !goes) result.held.push_back(stream.number);
    if (!has_work(stream)) continue;
    if (view.way == Way::closed) {
      if (view.ends) keep_earliest(result.look_again, std::max(*view.ends, start));
    } else if (start > input.now) {
      keep_earliest(result.look_again, start);
    } else if (view.way == Way::probe || !has_path(input.network)) {
      result.probes.push_back(stream.number);
    } else {
      result.streams.push_back(stream.number);
    }
  }
  result.probe_limit = result.probes.empty() ? 0 : 1;
  return result;
}

}  // namespace lodge::queue
