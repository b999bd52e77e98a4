#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "lodge/digest.hpp"
#include "lodge/id.hpp"
#include "lodge/record.hpp"
#include "lodge/submission.hpp"
#include "lodge/time.hpp"

namespace lodge {

/// One modification. Entries are appended in the transaction that makes the change, are never
/// edited, and are chained: hash = SHA-256(previous hash, every other field).
struct HistoryEntry {
  std::int64_t number = 0;  ///< 1, 2, ... without gaps
  Time at{};                ///< the wall clock as seen; order is `number`
  std::string who{};     ///< an identity; "lodge" for what the library did; "operator" for a repair
  std::string action{};  ///< "draft saved", "submitted", "delivered", ... see docs/store.md
  std::string why{};
  RecordId record{};  ///< empty parts: the entry concerns the whole store
  std::optional<SubmissionId> submission{};
  std::optional<State> state{};      ///< the submission's state from here on
  std::optional<Version> version{};  ///< the record's version from here on
  nlohmann::json patch{};  ///< RFC 6902, from the text before; null where no text changed or
                           ///< it was erased
  Digest before{};         ///< of the text before; all zero: none
  Digest after{};          ///< of the text after; all zero: none
  Digest hash{};
};

/// Which entries to read, oldest first. Everything is optional and combines by "and".
struct HistoryQuery {
  std::optional<RecordId> record{};
  std::optional<SubmissionId> submission{};
  std::int64_t after_number = 0;  ///< for paging: only entries beyond this one
  int limit = 100;                ///< at most 1,000
  bool with_patches = true;       ///< reading them costs a parse of both texts
};

/// The answer of verify_history.
struct Verdict {
  bool intact = true;
  std::int64_t entries = 0;                 ///< how many were checked
  std::optional<std::int64_t> first_bad{};  ///< the first bad entry's number
  Digest head{};            ///< the last entry's hash; keep it elsewhere as a witness
  std::int64_t marked = 0;  ///< the entry that the mark beside the store knows; 0: no mark
  std::int64_t lost = 0;    ///< entries known to be lost, at least, over all times
  std::string sentence{};   ///< what was found, and what cannot be known
};

}  // namespace lodge
