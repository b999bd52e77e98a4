#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// A range of numbers, to read a large store in snapshots that end soon: after < number <= last.
struct NumberRange {
  std::int64_t after = 0;
  std::int64_t last = INT64_MAX;
};

/// The last number of the next `size` submissions beyond `after`, settled or not; 0: there is none.
std::int64_t last_of_page(Database&, std::int64_t after, int size);

/// A sentence about the first of these submissions whose stored state does not follow from its
/// history.
std::optional<std::string> state_breach(Database&, const NumberRange& submissions);
/// A sentence about the first of these history entries whose submission is gone.
std::optional<std::string> lost_submission(Database&, const NumberRange& entries);

/// Every rule that must hold over all rows, a sentence for each that does not. Reads the whole
/// store.
std::vector<std::string> find_broken_invariants(Database&);

}  // namespace lodge::storage
