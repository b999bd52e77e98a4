#include "client/testing/server/ledger.hpp"

namespace lodge::reference {

const Effect& Ledger::append(Effect effect) {
  effect.sequence = effects_.size() + 1;
  if (!effect.key.empty()) by_key_[effect.key].push_back(effect.sequence);
  by_record_[effect.record].push_back(effect.sequence);
  return effects_.emplace_back(std::move(effect));
}

std::vector<const Effect*> Ledger::of_key(std::string_view key) const {
  std::vector<const Effect*> rows;
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return rows;
  for (const auto sequence : found->second) rows.push_back(&effect(sequence));
  return rows;
}

std::vector<const Effect*> Ledger::of_record(const RecordId& record) const {
  std::vector<const Effect*> rows;
  const auto found = by_record_.find(record);
  if (found == by_record_.end()) return rows;
  for (const auto sequence : found->second) rows.push_back(&effect(sequence));
  return rows;
}

std::vector<std::string> Ledger::doubled_keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, sequences] : by_key_) {
    if (sequences.size() > 1) keys.push_back(key);
  }
  return keys;
}

}  // namespace lodge::reference
