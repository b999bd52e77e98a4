#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lodge/hold.hpp"
#include "lodge/submission.hpp"
#include "lodge/time.hpp"

namespace lodge {

/// How the server behaves, apart from the way to it.
enum class ServerState {
  unknown,      ///< not heard of since this client was opened
  ok,           ///< the last answer was the server's own
  busy,         ///< it asked for patience
  unreachable,  ///< no connection comes about
};

std::string_view name(ServerState state);

/// Something a whole group waits for.
struct GroupHold {
  std::string scope{};  ///< "all", "origin", "collection", "identity", "lane"
  std::string name{};   ///< which collection, identity or lane
  HoldReason reason = HoldReason::none;
  std::string words{};
  Time since{};
  std::optional<Time> until{};
};

/// One picture of the client. Costs the same with one submission as with a million.
struct Status {
  Path path = Path::unknown;
  ServerState server = ServerState::unknown;
  bool delivering = false;     ///< this client is the one that delivers
  std::string delivered_by{};  ///< otherwise: which process does, if any
  std::int64_t counts[state_count] = {};
  std::int64_t drafts = 0;
  std::optional<Duration> oldest_unsettled{};  ///< its age
  std::optional<Time> last_delivery{};
  std::int64_t delivered_up_to = 0;  ///< every submission up to this number is settled
  std::vector<GroupHold> holds{};
  /// History entries that the mark beside the store knew of and the store no longer had when it was
  /// opened (a lost log, an older copy in its place), of all times; at least so many. History has
  /// an entry "tail lost" (or "history replaced", "store replaced") for each such opening.
  std::int64_t lost_entries = 0;
  std::string endpoint{};
  std::string sqlite{};  ///< version in use

  [[nodiscard]] std::int64_t count(State state) const { return counts[static_cast<int>(state)]; }
  /// Accepted and not yet settled; what a badge shows.
  [[nodiscard]] std::int64_t waiting() const {
    return count(State::pending) + count(State::sending) + count(State::unconfirmed);
  }
};

/// Where one submission is, and why.
struct Explanation {
  Submission submission{};
  Hold hold{};
  std::vector<Attempt> attempts{};   ///< the last 20, newest first
  std::optional<Receipt> receipt{};  ///< when delivered
  std::string words{};               ///< all of it as one sentence
};

}  // namespace lodge
