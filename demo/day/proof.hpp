#pragma once

#include <map>
#include <string>
#include <vector>

#include "demo/day/evidence.hpp"

namespace lodge::demo {

/// One thing that must be so.
struct Finding {
  std::string name{};  ///< stable: "lost", "doubled", ...
  bool holds = false;
  std::string words{};
};

struct Proof {
  int acknowledged = 0;      ///< submissions that a call, or the child, said are durable
  int submissions = 0;       ///< in the store
  int our_effects = 0;       ///< in the server's ledger
  int foreign_effects = 0;   ///< by somebody else
  int lost = 0;              ///< acknowledged, and neither delivered nor taken back
  int doubled = 0;           ///< keys or submissions with more than one effect
  int out_of_order = 0;      ///< records whose effects came in another order than their forms
  int altered = 0;           ///< arrived with another content, and not by a merge
  int merged_by_itself = 0;  ///< edits that did not overlap with somebody else's
  std::map<State, int> states{};
  std::vector<Finding> findings{};

  [[nodiscard]] bool holds() const;
};

/// Holds the store against the server's ledger. Pure.
Proof prove(const Evidence& evidence);

}  // namespace lodge::demo
