#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lodge/digest.hpp"
#include "lodge/draft.hpp"
#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/time.hpp"

namespace lodge {

enum class Operation { put, remove };

std::string_view name(Operation operation);

/// The life of a submission. Each value says who leaves it and when.
enum class State {
  pending,  ///< durable; the server certainly does not have it. Left by a delivery pass or withdraw
  sending,  ///< an attempt is open. Left by its reply, or by the next flusher after a crash
  unconfirmed,  ///< the server may have it. Left by proof, a check, or an explicit word
  conflicted,   ///< overlapping edits, all texts kept. Left by resolve, amend or withdraw
  rejected,     ///< refused for good, or damaged here. Left by amend, retry or withdraw
  delivered,    ///< final: proven to be at the server
  withdrawn,    ///< final: taken back by an explicit call
  replaced,     ///< final: an amended or resolved submission goes in its place
};

inline constexpr int state_count = 8;

std::string_view name(State state);
std::optional<State> parse_state(std::string_view text);

/// delivered, withdrawn and replaced never change again.
constexpr bool is_final(State state) { return state >= State::delivered; }

/// What the next attempt for a submission does.
enum class Step {
  send,   ///< puts its request on the wire (the same bytes each time)
  check,  ///< reads the server's copy first, to learn what became of an earlier attempt
};

/// A finished draft on its way to the server. Its content never changes; read it with
/// Client::content.
struct Submission {
  std::int64_t number = 0;  ///< order of acceptance in this store: 1, 2, ...
  SubmissionId id{};
  RecordId record{};
  std::int64_t place = 0;  ///< order inside its record; a replacement inherits its predecessor's
  Operation operation = Operation::put;
  State state = State::pending;
  std::string identity{};
  std::string lane{normal_lane};
  Digest digest{};        ///< of the content; all zero for a removal
  std::int64_t size = 0;  ///< of the content, bytes
  BaseKind base = BaseKind::unknown;
  std::optional<Version> base_version{};
  std::optional<SubmissionId> after{};
  std::optional<SubmissionId> replaces{};
  std::optional<SubmissionId> replaced_by{};
  Time submitted_at{};
  std::optional<Time> effective_at{};  ///< when it counts from, for entry in arrears
  std::string reason{};                ///< why, in the words of SubmitOptions or of the caller
  int tries = 0;                       ///< attempts since the last word of the server
  std::optional<Time> next_try_at{};
  std::string problem{};   ///< the server's words, or lodge's; empty when all is well
  int problem_status = 0;  ///< the HTTP status they came with; 0: none
  std::optional<Time> settled_at{};
};

/// The proof kept for a delivered submission.
struct Receipt {
  SubmissionId submission{};
  std::optional<Version> version{};  ///< the server's version that holds our content
  Time delivered_at{};
  std::string evidence{};  ///< what proved it: "201 with ETag", "GET equals ours", ...
};

/// One request on the wire, recorded before it left.
struct Attempt {
  std::int64_t number = 0;
  SubmissionId submission{};
  int request = 0;  ///< which of the submission's requests: 1, 2, ...; 0 for a check before any
  Step step = Step::send;
  std::int64_t epoch = 0;
  Time started_at{};
  std::optional<Time> ended_at{};
  std::string outcome{};  ///< "done", "check", "retry", "hold", "reject", "late", "lost"
  int status = 0;
  bool may_have_arrived = false;
  std::string detail{};
};

}  // namespace lodge
