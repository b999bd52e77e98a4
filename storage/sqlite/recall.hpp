#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lodge/digest.hpp"
#include "lodge/submission.hpp"

namespace lodge::storage {

/// The newest history entry: its number and hash.
struct ChainTail {
  std::int64_t number = 0;
  Digest hash{};
};

/// By how much the kept counts of a stream change in the open unit of work.
struct StreamChange {
  std::int64_t stream = 0;
  std::int64_t counts[state_count] = {};
  std::int64_t bytes = 0;  ///< of the texts of unsettled submissions
  std::int64_t drafts = 0;
  std::int64_t delivered_at = 0;  ///< milliseconds; the latest delivery, 0: none
};

/// What the whole outbox holds.
struct OutboxSize {
  std::int64_t submissions = 0;
  std::int64_t bytes = 0;
};

/// What was just read or written through a connection and is soon needed again. 0: nothing.
struct Recall {
  std::optional<ChainTail> tail{};
  bool appended = false;  ///< the tail is the open transaction's own
  std::int64_t content = 0;
  Digest digest{};  ///< of that content
  std::int64_t record = 0;
  std::string collection{};  ///< of that record
  std::string key{};
  std::int64_t stream = 0;
  std::string stream_name{};  ///< its collection, identity and lane
  std::optional<OutboxSize> outbox{};
  std::vector<StreamChange> changes{};  ///< not yet written: the unit of work has not ended
};

}  // namespace lodge::storage
