#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lodge/id.hpp"
#include "lodge/time.hpp"

namespace lodge {

/// The way to the server, as the connectivity monitor sees it. A hint: attempts decide.
enum class Path { unknown, offline, captive, online };

std::string_view name(Path path);

/// Why a submission is not being sent right now. Computed on demand.
enum class HoldReason {
  none,            ///< nothing: it is due or on its way
  no_endpoint,     ///< the client was opened without an endpoint
  offline,         ///< no way to the server is known
  intercepted,     ///< the network answers in the server's place (captive portal)
  unreachable,     ///< the server cannot be connected to, or fails with form after form
  busy,            ///< the server asked for patience
  backing_off,     ///< this form's own next try
  behind,          ///< an earlier submission of the same record goes first
  paused,          ///< pause() was called
  sign_in,         ///< the identity's credentials are refused
  refused,         ///< the collection refuses everything
  other_process,   ///< another process delivers, or holds the flush lock
  needs_decision,  ///< conflicted: resolve, amend or withdraw
  was_rejected,    ///< rejected: amend, retry or withdraw
  settled,         ///< final: nothing is to be sent
};

std::string_view name(HoldReason reason);

struct Hold {
  HoldReason reason = HoldReason::none;
  std::optional<Time> until{};  ///< ends by itself then, at the latest by one probe
  std::optional<SubmissionId> behind{};
  /// The member of Client that ends it, or has it tried at once: "resume" (without a scope, or with
  /// that of the hold), "resolve", "amend". "Options::endpoint" or "Options::deliver" where the
  /// client would have to be opened otherwise. Empty: no call does.
  std::string act{};
  std::string words{};  ///< a sentence for people
};

}  // namespace lodge
