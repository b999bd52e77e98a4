#include <algorithm>
#include <string>

#include "queue/schedule/gate_match.hpp"
#include "queue/schedule/plan.hpp"

namespace lodge::queue {
namespace {

using storage::Gate;
using storage::GateReason;
using storage::GateScope;

/// Client::resume ends it, or has it tried at once.
constexpr const char* by_resume = "resume";

struct Case {
  const Submission& submission;
  std::span<const Gate> gates;
  const Network& network;
  Time now;
  const Profile& profile;
};

std::string words_of_final(const Submission& submission) {
  if (submission.state == State::delivered) return "The server has it.";
  if (submission.state == State::withdrawn) return "It was taken back.";
  if (!submission.replaced_by) return "Another goes in its place.";
  return "Submission " + submission.replaced_by->text() + " goes in its place.";
}

std::optional<Hold> of_state(const Submission& submission) {
  const std::string words = submission.problem.empty() ? "" : " " + submission.problem;
  if (is_final(submission.state)) {
    return Hold{.reason = HoldReason::settled, .words = words_of_final(submission)};
  }
  if (submission.state == State::rejected) {
    return Hold{.reason = HoldReason::was_rejected,
                .act = "amend",
                .words = "It was refused; amend it, retry it or withdraw it." + words};
  }
  if (submission.state == State::conflicted) {
    return Hold{.reason = HoldReason::needs_decision,
                .act = "resolve",
                .words = "The server's copy changed as well; resolve the conflict." + words};
  }
  return std::nullopt;
}

int rank(GateScope scope) {
  switch (scope) {
    case GateScope::all:
      return 0;
    case GateScope::lane:
      return 1;
    case GateScope::collection:
      return 2;
    case GateScope::identity:
      return 3;
    case GateScope::origin:
      break;
  }
  return 4;
}

// The gate of this reason that stands in the way, the widest first.
const Gate* gate_of(const Case& the, GateReason reason) {
  const Gate* widest = nullptr;
  for (const Gate& gate : the.gates) {
    const Submission& it = the.submission;
    if (gate.reason != reason || !concerns(gate, it.record.collection, it.identity, it.lane)) {
      continue;
    }
    const auto end = end_of_gate(gate, the.now, the.profile);
    if (reason == GateReason::paused && end && *end <= the.now) continue;
    if (widest == nullptr || rank(gate.scope) < rank(widest->scope)) widest = &gate;
  }
  return widest;
}

std::string what_is_paused(const Gate& gate) {
  switch (gate.scope) {
    case GateScope::lane:
      return "Sending is paused for the lane " + gate.name + ".";
    case GateScope::collection:
      return "Sending is paused for " + gate.name + ".";
    case GateScope::identity:
      return "Sending is paused for " + gate.name + "'s forms.";
    default:
      return "Sending is paused.";
  }
}

Hold behind_gate(const Gate& gate, HoldReason reason, const std::string& words, const Case& the) {
  Hold hold{.reason = reason, .act = by_resume, .words = words};
  if (!gate.words.empty()) hold.words += " " + gate.words;
  const auto end = end_of_gate(gate, the.now, the.profile);
  if (end) hold.until = std::max(*end, the.now);
  return hold;
}

std::optional<Hold> of_gate(const Case& the, GateReason gate_reason, HoldReason reason,
                            const std::string& words) {
  const Gate* gate = gate_of(the, gate_reason);
  if (gate == nullptr) return std::nullopt;
  return behind_gate(*gate, reason,
                     gate_reason == GateReason::paused ? what_is_paused(*gate) : words, the);
}

std::string sign_in_words(const Submission& submission) {
  if (submission.identity.empty()) return "The server wants a sign-in.";
  return "The server wants " + submission.identity + " to sign in again.";
}

std::optional<Hold> of_path(const Case& the) {
  const Path path = the.network.path;
  if (path != Path::offline && path != Path::captive) return std::nullopt;
  const Time until = next_probe_offline(the.network, the.now, the.profile, false);
  if (path == Path::offline) {
    return Hold{.reason = HoldReason::offline,
                .until = until,
                .act = by_resume,
                .words = "There is no network."};
  }
  return Hold{.reason = HoldReason::intercepted,
              .until = until,
              .act = by_resume,
              .words = "The network wants a sign-in before it lets anything through."};
}

std::optional<Time> own_wait_until(const Case& the) {
  const auto next = the.submission.next_try_at;
  const bool waits = next && *next > the.now && *next <= the.now + the.profile.longest_hold();
  return waits ? next : std::nullopt;
}

std::optional<Hold> of_times(const Case& the) {
  const Time spread = end_of_spread(the.network, the.now, the.profile);
  if (spread > the.now) {
    return Hold{.reason = HoldReason::backing_off,
                .until = spread,
                .words = "It goes in a moment, so that not everybody sends at once."};
  }
  const auto next = own_wait_until(the);
  if (!next) return std::nullopt;
  Hold hold{.reason = HoldReason::backing_off,
            .until = next,
            .act = by_resume,
            .words = "It is tried again later."};
  if (!the.submission.problem.empty()) hold.words += " " + the.submission.problem;
  return hold;
}

// The form's own back-off may outlast the gate of its group.
std::optional<Time> later(std::optional<Time> until, const Case& the) {
  const auto next = own_wait_until(the);
  return until && next ? std::max(until, next) : until;
}

Hold on_its_own(const Case& the) {
  if (auto hold = of_state(the.submission)) return *hold;
  if (the.submission.state == State::sending) return {.words = "It is being sent."};
  if (auto hold = of_gate(the, GateReason::paused, HoldReason::paused, "")) return *hold;
  if (auto hold =
          of_gate(the, GateReason::sign_in, HoldReason::sign_in, sign_in_words(the.submission))) {
    return *hold;
  }
  if (auto hold = of_path(the)) return *hold;
  struct Row {
    GateReason gate;
    HoldReason reason;
    const char* words;
  };
  constexpr Row rows[] = {
      {GateReason::intercepted, HoldReason::intercepted, "Something else answers for the server."},
      {GateReason::unreachable, HoldReason::unreachable, "The server cannot be reached, or fails."},
      {GateReason::busy, HoldReason::busy, "The server asked for patience."},
      {GateReason::refused, HoldReason::refused, "The server refuses this whole collection."},
  };
  for (const Row& row : rows) {
    auto hold = of_gate(the, row.gate, row.reason, row.words);
    if (!hold) continue;
    hold->until = later(hold->until, the);
    return *hold;
  }
  if (auto hold = of_times(the)) return *hold;
  return {.words = "It is about to be sent."};
}

// Whatever ends the hold of the one in front ends this one.
Hold behind(const Submission& ahead, const Case& the) {
  const Hold front = on_its_own({ahead, the.gates, the.network, the.now, the.profile});
  Hold hold{.reason = HoldReason::behind,
            .until = front.until,
            .behind = ahead.id,
            .act = front.act,
            .words = "An earlier form of the same record goes first. " + front.words};
  if (!hold.until && hold.act.empty()) hold.until = the.now;
  return hold;
}

}  // namespace

Hold hold_of(const Submission& submission, const std::optional<Submission>& ahead,
             std::span<const Gate> gates, const Network& network, Time now,
             const Profile& profile) {
  const Case the{submission, gates, network, now, profile};
  const bool waits = submission.state == State::pending || submission.state == State::unconfirmed;
  if (waits && ahead) return behind(*ahead, the);
  return on_its_own(the);
}

}  // namespace lodge::queue
