#include "queue/schedule/gates.hpp"

#include <algorithm>
#include <utility>

#include "queue/schedule/delays.hpp"
#include "queue/schedule/plan.hpp"

namespace lodge::queue {
namespace {

using storage::Gate;
using storage::GateChange;
using storage::GateReason;
using storage::GateScope;

constexpr std::size_t enough_records = 16;  // by then the wait has its ceiling

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
  const Duration own = group_wait(gate.tries, the);
  return the.now + std::max(own, asked_wait(meaning, the.profile, the.chance));
}

bool is_closed(const Gate& gate, const Circumstances& the) {
  const auto end = end_of_gate(gate, the.now, the.profile);
  return end && *end > the.now;
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
                      const Circumstances& the, std::optional<int> tries) {
  const Gate* known = find_gate(due, of, the);
  Gate gate = known != nullptr ? *known : Gate{.since = the.now};
  gate.scope = of.scope;
  gate.reason = of.reason;
  gate.name = name_of(due, of.scope, the);
  gate.words = meaning.problem;
  if (known != nullptr && is_closed(*known, the)) {
    gate.until = std::max(*known->until, the.now + asked_wait(meaning, the.profile, the.chance));
  } else {
    gate.tries = tries ? std::max(gate.tries, *tries) : one_more(gate.tries);
    gate.until = end_of(gate, meaning, the);
  }
  return {std::move(gate), false};
}

GateChange close_for_record(const storage::Due& due, const HoldOf& of, const Meaning& meaning,
                            const Circumstances& the) {
  auto& met = of.scope == GateScope::collection ? the.refusals.held : the.failures.held;
  if (find_gate(due, of, the) == nullptr) met.clear();
  // What was under way when it closed says nothing new.
  if (!is_closed(due, of, the)) note_record(met, due.submission.record);
  return close_gate(due, of, meaning, the, static_cast<int>(met.size()));
}

bool is_busy_alone(const storage::Due& due, const Meaning& meaning, const Circumstances& the) {
  const HoldOf busy{GateScope::origin, GateReason::busy};
  const bool is_busy = meaning.hold && meaning.hold->reason == busy.reason;
  if (!is_busy || meaning.status != 503 || meaning.wait) return false;
  const Gate* gate = find_gate(due, busy, the);
  auto& met = the.failures.busy;
  if (gate == nullptr) met.clear();
  if (!is_closed(due, busy, the)) note_record(met, due.submission.record);
  const bool only_one = met.size() == 1 && met.front() == due.submission.record;
  return only_one && (gate == nullptr || gate->tries <= 1);
}

// Once it has come to the interval it is never less than half of that: with chance alone, one
// machine would ask a dead server nine times in some quarter of an hour.
Duration group_wait(int tries, const Circumstances& the) {
  const Duration interval = the.profile.probe_interval;
  const bool is_longest = backoff(the.profile.retry, tries, 1) >= interval;
  if (is_longest) return interval / 2 + spread(interval / 2, the.chance);
  return std::min(backoff(the.profile.retry, tries, the.chance), interval);
}

void note_record(std::vector<RecordId>& records, const RecordId& record) {
  const bool known = std::ranges::find(records, record) != records.end();
  if (!known && records.size() < enough_records) records.push_back(record);
}

bool is_closed(const storage::Due& due, const HoldOf& of, const Circumstances& the) {
  const Gate* known = find_gate(due, of, the);
  return known != nullptr && is_closed(*known, the);
}

void open_for_answer(const storage::Due& due, const Meaning& meaning, const Circumstances& the,
                     std::vector<GateChange>& changes) {
  if (!meaning.answered) return;
  if (!meaning.failing) open(due, {GateScope::origin, GateReason::unreachable}, the, changes);
  open(due, {GateScope::origin, GateReason::intercepted}, the, changes);
  if (meaning.status == 429 || meaning.status == 503) return;
  open(due, {GateScope::origin, GateReason::busy}, the, changes);
}

void open_for_success(const storage::Due& due, const Circumstances& the,
                      std::vector<GateChange>& changes) {
  open(due, {GateScope::collection, GateReason::refused}, the, changes);
  open(due, {GateScope::identity, GateReason::sign_in}, the, changes);
}

void apply(const GateChange& change, std::vector<storage::Gate>& gates) {
  std::erase_if(gates, [&](const storage::Gate& gate) {
    return gate.scope == change.gate.scope && gate.name == change.gate.name &&
           gate.reason == change.gate.reason;
  });
  if (!change.open) gates.push_back(change.gate);
}

}  // namespace lodge::queue
