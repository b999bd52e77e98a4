#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lodge/history.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// What one modification leaves in the log. Texts are named by number; the chain covers their
/// digests.
struct NewEntry {
  Time at{};
  std::string_view who{};
  std::string_view action{};
  std::string_view why{};
  std::int64_t record = 0;  ///< the record's number; 0: the whole store
  std::optional<SubmissionId> submission{};
  std::optional<State> state{};
  std::optional<Version> version{};
  ContentNumber before = 0;
  ContentNumber after = 0;
};

/// Appends inside the caller's transaction and returns the entry's number.
std::int64_t append_entry(Database&, const NewEntry&);

std::vector<HistoryEntry> read_history(Database&, const HistoryQuery&);

/// Recomputes the whole chain.
Verdict verify_chain(Database&);

}  // namespace lodge::storage
