#include "demo/day/ledger_view.hpp"

#include "demo/day/filing.hpp"

namespace lodge::demo {
namespace {

using nlohmann::json;

std::string filing_of(const json& content) { return content.value(filing_member, std::string()); }

}  // namespace

LedgerView view_ledger(const std::vector<Effect>& effects) {
  LedgerView view;
  std::map<std::string, int> keys;
  for (const Effect& effect : effects) {
    const json body = effect.method == Method::put ? json::parse(*effect.body) : json();
    view.documents[effect.record] = body;
    if (effect.by == somebody_else) {
      ++view.foreign_effects;
      continue;
    }
    ++view.our_effects;
    if (!effect.key.empty() && ++keys[effect.key] == 2) ++view.doubled_keys;
    if (body.is_null()) {
      view.ours[effect.record].emplace_back(removed_mark);
    } else {
      view.ours[effect.record].push_back(filing_of(body));
      view.puts[filing_of(body)].push_back(body);
    }
  }
  return view;
}

std::string mark_of(const Filed& filed) {
  return filed.content.is_null() ? removed_mark : filing_of(filed.content);
}

}  // namespace lodge::demo
