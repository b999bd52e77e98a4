#include "queue/gates.hpp"

#include <algorithm>
#include <limits>

#include "queue/delays.hpp"

namespace lodge::queue {
namespace {

using storage::Gate;
using storage::GateChange;
using storage::GateReason;
using storage::GateScope;

std::string name_of(const storage::Due& due, GateScope scope, const Circumstances& the) {
  switch (scope) {
    case GateScope::origin:
      return the.profile.endpoint.origin();
    case GateScope::collection:
      return due.submission.record.collection;
    case GateScope::identity:
      return due.submission.identity;
    case GateScope::lane:
      return due.submission.lane;
    case GateScope::all:
      break;
  }
  return {};
}

Time end_of(const Gate& gate, const Meaning& meaning, const Circumstances& the) {
  if (gate.reason == GateReason::sign_in) return the.now + the.profile.probe_interval;
  const Duration own =
      std::min(backoff(the.profile.retry, gate.tries, the.chance), the.profile.probe_interval);
  return the.now + std::max(own, asked_wait(meaning, the.profile, the.chance));
}

void open(const storage::Due& due, const HoldOf& of, const Circumstances& the,
          std::vector<GateChange>& changes) {
  if (const Gate* gate = find_gate(due, of, the)) changes.push_back({*gate, true});
}

}  // namespace

const Gate* find_gate(const storage::Due& due, const HoldOf& of, const Circumstances& the) {
  const std::string name = name_of(due, of.scope, the);
  const auto found = std::ranges::find_if(the.gates, [&](const Gate& gate) {
    return gate.scope == of.scope && gate.reason == of.reason && gate.name == name;
  });
  return found == the.gates.end() ? nullptr : &*found;
}

GateChange close_gate(const storage::Due& due, const HoldOf& of, const Meaning& meaning,
                      const Circumstances& the) {
  const Gate* known = find_gate(due, of, the);
  Gate gate;
  if (known != nullptr) gate = *known;
  gate.scope = of.scope;
  gate.reason = of.reason;
  gate.name = name_of(due, of.scope, the);
  gate.words = meaning.problem;
  if (known == nullptr) gate.since = the.now;
  const Time longest =
      the.now + std::max(the.profile.longest_retry_after, the.profile.probe_interval);
  const bool still_closed =
      known != nullptr && known->until && *known->until > the.now && *known->until <= longest;
  if (!still_closed) gate.tries = one_more(gate.tries);
  const Time end = end_of(gate, meaning, the);
  gate.until = still_closed
                   ? std::max(*known->until, the.now + asked_wait(meaning, the.profile, the.chance))
                   : end;
  return {std::move(gate), false};
}

void open_for_answer(const storage::Due& due, const Meaning& meaning, const Circumstances& the,
                     std::vector<GateChange>& changes) {
  if (!meaning.answered) return;
  open(due, {GateScope::origin, GateReason::unreachable}, the, changes);
  open(due, {GateScope::origin, GateReason::intercepted}, the, changes);
  if (meaning.status == 429 || meaning.status == 503) return;
  open(due, {GateScope::origin, GateReason::busy}, the, changes);
}

void open_for_success(const storage::Due& due, const Circumstances& the,
                      std::vector<GateChange>& changes) {
  open(due, {GateScope::collection, GateReason::refused}, the, changes);
  open(due, {GateScope::identity, GateReason::sign_in}, the, changes);
}

}  // namespace lodge::queue
