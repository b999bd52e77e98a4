#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "lodge/time.hpp"

namespace lodge::storage {

/// Number of a text in the store; 0 where there is none.
using ContentNumber = std::int64_t;

enum class Precondition {
  none,
  absent,  ///< If-None-Match: *
  match,   ///< If-Match: tag
};

std::string_view name(Precondition precondition);

/// One request of a submission, sealed when opened. Repeats of it are byte-identical.
struct StoredRequest {
  int number = 0;  ///< 1, 2, ... within the submission
  RequestKey key{};
  std::string url{};
  Precondition precondition = Precondition::none;
  std::string tag{};
  ContentNumber body = 0;  ///< the submission's own text unless merged; 0 for a removal
};

/// A request to be opened. A merged body is stored with it; otherwise the submission's own text
/// goes.
struct NewRequest {
  RequestKey key{};
  std::string url{};
  Precondition precondition = Precondition::none;
  std::string tag{};
  std::optional<std::string> merged_body{};
};

/// A submission that may be attempted, with what composing its request needs.
struct Due {
  Submission submission{};
  std::int64_t stream = 0;
  bool in_doubt = false;
  bool accepted = false;  ///< a 2xx was seen that still lacks its proof
  Step step = Step::send;
  int rounds = 0;  ///< new requests opened by checks since the last success
  ContentNumber content = 0;
  ContentNumber base_content = 0;          ///< of the version or the submission it was written on
  std::optional<StoredRequest> request{};  ///< the newest, when one was opened
  Record record{};
  ContentNumber record_content = 0;
  Time due_at{};
};

/// Opens an attempt. Without `request` the newest stored one is repeated (or none, for a check).
struct Claim {
  std::int64_t submission = 0;
  Step step = Step::send;
  std::optional<NewRequest> request{};
};

/// What a claim came to. Empty attempt: the submission was no longer there to be claimed.
struct Claimed {
  std::optional<std::int64_t> attempt{};
  int request = 0;
};

/// The record's state as the server has shown it.
struct RecordLearned {
  Presence presence = Presence::unknown;
  std::optional<Version> version{};
  /// Its text: given, or that of the submission or of its newest request.
  enum class Text { none, given, of_submission, of_request };
  Text text = Text::none;
  std::string bytes{};
};

/// The three texts of a conflict; base and ours are the submission's.
struct ConflictFound {
  std::optional<std::string> theirs{};
  std::optional<Version> version{};
  std::string overlaps_json = "[]";
  std::string note{};
};

/// What an attempt made of a submission.
struct Settled {
  std::int64_t submission = 0;
  std::int64_t attempt = 0;
  // What came of the attempt.
  std::string outcome{};
  int status = 0;
  bool arrived = false;
  std::string detail{};
  // What the submission is from now on.
  State state = State::pending;
  bool in_doubt = false;
  bool accepted = false;
  Step step = Step::send;
  int tries = 0;
  int rounds = 0;
  Time due_at{};
  std::string problem{};
  int problem_status = 0;
  std::optional<NewRequest> request{};  ///< request n+1
  std::optional<RecordLearned> record{};
  std::optional<ConflictFound> conflict{};
  std::string evidence{};  ///< for State::delivered
  std::string action{};    ///< of the history entry; empty: nothing was modified, no entry
  std::string why{};
};

/// What became of a Settled once stored.
struct Stored {
  bool late = false;  ///< the submission was no longer this attempt's; a success was still kept
  State state = State::pending;
  bool next_is_ready = false;                ///< a follower may go since now
  std::vector<SubmissionId> stale_drafts{};  ///< drafts of the record that are stale since now
};

enum class GateScope { all, origin, collection, identity, lane };
enum class GateReason {
  paused,       ///< by pause(); ends by resume()
  intercepted,  ///< the network answers in the server's place
  sign_in,      ///< the server refuses this identity's credentials
  busy,         ///< the server asked for patience
  unreachable,  ///< no connection comes about
  refused,      ///< the collection refuses everything
};

std::string_view name(GateScope scope);
std::string_view name(GateReason reason);

/// Keeps a group of submissions back. With `until` passed, one of the group may go as a probe.
struct Gate {
  GateScope scope = GateScope::all;
  std::string name{};  ///< collection, identity or lane; the origin's URL; empty for all
  GateReason reason = GateReason::paused;
  std::string words{};
  Time since{};
  std::optional<Time> until{};
  int tries = 0;
};

struct GateChange {
  Gate gate{};
  bool open = false;  ///< true: remove the gate
};

/// Submissions that wait for the same things, and how many are in which state.
struct Stream {
  std::int64_t number = 0;
  std::string collection{};
  std::string identity{};
  std::string lane{};
  std::int64_t counts[state_count] = {};
  std::int64_t drafts = 0;
  std::optional<Time> last_delivery{};
  [[nodiscard]] std::int64_t count(State state) const { return counts[static_cast<int>(state)]; }
};

}  // namespace lodge::storage
