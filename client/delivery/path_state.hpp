#pragma once

#include <optional>

#include "lodge/hold.hpp"
#include "lodge/network.hpp"
#include "lodge/status.hpp"
#include "lodge/time.hpp"
#include "queue/schedule/plan.hpp"

namespace lodge::client {

/// Something that says something about the way to the server, weakest word first.
struct Sign {
  enum class Kind {
    route,        ///< the system says whether there is a route. A hint
    host,         ///< the application says what it knows. A hint that outlives those of the system
    attempt,      ///< a request leaves
    unreachable,  ///< resolve, connect, timeout, cut: no answer of anybody
    intercepted,  ///< somebody answers in the server's place
    stranger,     ///< an answer, and it is not known whose
    asked,        ///< somebody wants to know now: the next probe need not wait
    busy,         ///< the server answers that it wants patience
    answer,       ///< the server answers
  };
  Kind kind = Kind::attempt;
  Route route = Route::unknown;  ///< for Kind::route
  Path host = Path::unknown;     ///< for Kind::host; unknown takes the hint back
};

/// What is known of the way to the server, and apart from it, of the server.
///
/// unknown  → online: an answer; offline: no route; captive: an interception
/// online   → unknown: two in a row unreachable; offline, captive as above
/// offline  → unknown: a route again, or a stranger's answer; online: an answer, whatever the hints
///            say; captive
/// captive  → online: an answer; offline: no route; unknown: two in a row unreachable, or a
///            stranger's answer: over plain http the server itself is one until a check proves it
struct PathState {
  Path path = Path::unknown;
  ServerState server = ServerState::unknown;
  Route route = Route::unknown;      ///< last word of the system
  Path host = Path::unknown;         ///< the application's hint while it holds
  int unreachable = 0;               ///< in a row
  std::optional<Time> not_before{};  ///< first attempts after an outage wait until then
  std::optional<Time> last_attempt{};
  std::optional<Time> up_at{};  ///< last return from offline or captive that counted

  [[nodiscard]] queue::Network network() const { return {path, not_before, last_attempt}; }
};

/// What follows from a sign. Pure. `window` and `chance`, in [0, 1): how first attempts after an
/// outage are spread. A link that flaps makes one return of many: within a second, and until the
/// moment drawn for the first has passed, later ones change nothing.
PathState reduce(PathState state, const Sign& sign, Time now, Duration window, double chance);

/// Whether the next sign may be a return, that is, whether `chance` matters.
bool may_come_back(const PathState& state);

/// The clock may have been set back: no moment of the state is kept further away than it can be.
void bring_into_reach(PathState& state, Time now, Duration window);

}  // namespace lodge::client
