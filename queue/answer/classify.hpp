#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lodge/transport.hpp"
#include "queue/request/profile.hpp"
#include "storage/delivery_rows.hpp"

namespace lodge::queue {

/// What a reply to a put or a remove means (docs/wire.md, "answers"). Total: every status and every
/// transport error has exactly one row.
enum class Outcome {
  done,    ///< the server has it, and says so credibly
  check,   ///< read the server's copy before anything else
  retry,   ///< the same request again, later
  hold,    ///< nobody of a whole group may go for now; not this form's fault
  reject,  ///< the server will never take this form
  follow,  ///< the same request to `location`, same origin; at most longest_redirect_chain times,
           ///< then settle it as it is
};

inline constexpr int longest_redirect_chain = 3;

std::string_view name(Outcome outcome);

/// What a hold stops.
struct HoldOf {
  storage::GateScope scope = storage::GateScope::origin;
  storage::GateReason reason = storage::GateReason::unreachable;
};

struct Meaning {
  Outcome outcome = Outcome::retry;
  bool arrived = false;                ///< the request may have taken effect
  bool answered = false;               ///< a complete reply, and not one of the network between
  bool from_server = false;            ///< answered over a verified or a loopback connection
  bool accepted = false;               ///< check: a credible 2xx that lacks only its version
  std::optional<Version> version{};    ///< strong tag of a done reply; any tag of a check's
  std::optional<HoldOf> hold{};        ///< for hold, and for retries that concern the whole origin
  std::optional<Duration> wait{};      ///< the server's Retry-After, clamped
  std::optional<Duration> check_in{};  ///< for 202: when to look
  bool slowly = false;                 ///< retry with the longest delays (423, 424, 507, 411, 417)
  bool own_delay = false;  ///< hold: the form backs off, too, so that another is the next probe
  bool failing = false;    ///< 5xx or silence: the server may be down, or this form be its poison
  bool new_connection = false;  ///< 408, 421, 425
  bool sign_in = false;         ///< 401 and its kin: fresh credentials, once
  bool gone = false;            ///< check: the record is not there
  bool unreadable = false;      ///< check, done: a document that is too large or too odd to merge
  std::string location{};       ///< for follow: absolute, same origin
  std::string problem{};        ///< the server's words, or ours: one line for people
  std::string detail{};         ///< for the attempt's row: the transport's words
  int status = 0;
};

/// `in_doubt`: an earlier attempt may have taken effect. `precondition` is the request's.
Meaning classify(const Request& request, storage::Precondition precondition, const Reply& reply,
                 bool in_doubt, const Profile& profile, Time now);

/// What a reply to the check's GET means: done (there is a document, in reply.body), check with
/// `gone` (404/410), follow, hold, retry.
Meaning classify_check(const Request& request, const Reply& reply, const Profile& profile,
                       Time now);

}  // namespace lodge::queue
