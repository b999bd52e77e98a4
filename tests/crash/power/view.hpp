#pragma once

#include <string>
#include <vector>

#include "lodge/client.hpp"

namespace lodge::test {

/// All that a client shows of its store, as text to compare, and the history's hashes.
struct View {
  std::string text{};
  std::vector<Digest> chain{};  ///< of entry 1, 2, ...
  bool operator==(const View&) const = default;
};

/// Reads everything, each text with its digest checked, and verifies the history: what is wrong
/// throws lodge::Error, or std::runtime_error for a history that is not intact.
View view_of(Client& client);

}  // namespace lodge::test
