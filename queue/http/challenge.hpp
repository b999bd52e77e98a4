#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::queue {

/// One challenge of a WWW-Authenticate field (RFC 9110 §11.6.1).
struct Challenge {
  std::string scheme{};              ///< as it was sent; compared without regard to case
  std::vector<Header> parameters{};  ///< quotes and escapes taken off; a token68 is left out
};

/// The challenges of one field value. A field may have several, and a reply several fields. What is
/// no challenge is passed over: nothing is refused for a server's slip.
std::vector<Challenge> parse_challenges(std::string_view value);

}  // namespace lodge::queue
