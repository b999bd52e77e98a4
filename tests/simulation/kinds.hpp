#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lodge::test {

/// Everything bad that a simulated day can bring, and what must have come of it somewhere for the
/// run to mean anything. Each is counted when it struck something (an answer is cut for somebody
/// who waits for it, a disk fails under a call); one that struck too seldom fails the run.
enum class Kind {
  // On the wire.
  request_lost,
  request_late,  ///< reaches the server after the client gave it up
  reply_lost,
  effect_unanswered,  ///< of those: the request had taken effect
  reply_late,
  reply_cut,
  reply_doubled,  ///< the transport reports it twice
  request_doubled,
  portal_page,
  portal_redirect,
  forged_reply,
  certificate_error,
  server_error,
  effect_then_error,
  refusal,
  no_version,
  busy,
  absurd_retry_after,
  not_connected,
  outage,  ///< met by some request
  // At the server.
  key_forgotten,     ///< when a repeat comes
  version_moved_on,  ///< what a form was written on is outdated: 412
  edit_elsewhere,
  overlapping_edit_elsewhere,
  removal_elsewhere,
  credentials_expired,
  signed_out,
  // On this machine.
  disk_error,
  disk_full,
  kill,
  kill_while_writing,
  power_cut,                ///< what was not synced may be lost
  power_cut_while_writing,  ///< in the middle of a call to the disk
  writes_lost,              ///< power cuts after which some write was not there whole
  closed,
  stopped,    ///< and had to do something meanwhile
  suspended,  ///< likewise
  takeover,
  clock_forward,
  clock_back,
  clock_1970,
  false_offline,  ///< and a form waits for it
  false_online,   ///< and a form goes in vain
  hint_lost,      ///< the network is back, the system tells nobody, and a form waits
  // By people.
  doubled_submit,
  stale_draft,
  paused,
  withdrawn_from_doubt,
  // What came of it.
  merged,
  conflicted,
  rejected,
  replaced,
  unconfirmed,
  delivered_without_request,
  removed,
  late_success,
  doubt_looked_at,  ///< a form took effect and nobody was told; it must not be called pending
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::doubt_looked_at) + 1>
    kind_names{"request lost",
               "request late",
               "reply lost",
               "effect unanswered",
               "reply late",
               "reply cut",
               "reply doubled",
               "request doubled",
               "portal page",
               "portal redirect",
               "forged reply",
               "certificate error",
               "server error",
               "effect, then an error",
               "refusal",
               "no version",
               "busy",
               "absurd Retry-After",
               "not connected",
               "outage",
               "key forgotten",
               "version moved on",
               "edit elsewhere",
               "overlapping edit elsewhere",
               "removal elsewhere",
               "credentials expired",
               "signed out",
               "disk error",
               "disk full",
               "kill",
               "kill while writing",
               "power cut",
               "power cut while writing",
               "writes lost",
               "closed",
               "stopped",
               "suspended",
               "takeover",
               "clock forward",
               "clock back",
               "clock 1970",
               "false offline",
               "false online",
               "hint lost",
               "doubled submit",
               "stale draft",
               "paused",
               "withdrawn from doubt",
               "merged",
               "conflicted",
               "rejected",
               "replaced",
               "unconfirmed",
               "delivered without request",
               "removed",
               "late success",
               "doubt looked at"};

struct Counts {
  std::array<std::uint64_t, kind_names.size()> of{};

  void add(Kind kind, std::uint64_t more = 1) { of[static_cast<std::size_t>(kind)] += more; }
  [[nodiscard]] std::uint64_t operator[](Kind kind) const {
    return of[static_cast<std::size_t>(kind)];
  }
  void add(const Counts& other) {
    for (std::size_t i = 0; i < of.size(); ++i) of[i] += other.of[i];
  }
};

}  // namespace lodge::test
