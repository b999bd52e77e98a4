#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "demo/day/evidence.hpp"

namespace lodge::demo {

/// The ledger by what the proof asks for.
struct LedgerView {
  /// Our effects by the filing number in their body, in order.
  std::map<std::string, std::vector<nlohmann::json>> puts{};
  /// What we did to a record, in order: a filing number, or "removed".
  std::map<RecordId, std::vector<std::string>> ours{};
  /// The document of each record in the end; null: removed.
  std::map<RecordId, nlohmann::json> documents{};
  int our_effects = 0;
  int foreign_effects = 0;
  int doubled_keys = 0;
};

inline constexpr const char* removed_mark = "removed";

LedgerView view_ledger(const std::vector<Effect>& effects);

/// The submission's filing number, or "removed".
std::string mark_of(const Filed& filed);

}  // namespace lodge::demo
