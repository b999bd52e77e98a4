#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace lodge::storage {

/// A sentence about the first submission whose stored state does not follow from its history.
std::optional<std::string> first_state_breach(Database&);

/// Every rule that must hold over all rows, a sentence for each that does not. Reads the whole
/// store.
std::vector<std::string> find_broken_invariants(Database&);

}  // namespace lodge::storage
