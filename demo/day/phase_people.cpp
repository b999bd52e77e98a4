#include <nlohmann/json.hpp>

#include "demo/day/day.hpp"
#include "demo/day/filing.hpp"

// Somebody else works on the same records.
namespace lodge::demo {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

const json::json_pointer repair("/cost_dollars/repair");
const json::json_pointer species("/wildlife/species");
const json::json_pointer damage("/damage");

constexpr int our_cost = 200'000;
constexpr int their_cost = 100'000;

json merged_by_hand(const Conflict& conflict) {
  json merged = *conflict.theirs;
  merged[filing_member] = (*conflict.ours)[filing_member];
  merged[repair] = (*conflict.theirs)[repair].get<int>() + (*conflict.ours)[repair].get<int>();
  return merged;
}

}  // namespace

void Day::somebody_else() {
  begin("somebody else", "another office edits, and removes, the same records");
  edit_apart(plan_.disjoint);
  edit_the_same(plan_.overlapping);
  edit_the_removed();
  for (int i = 0; i < plan_.removals; ++i) desk_.remove(next_known_record());
  const auto kept = static_cast<std::size_t>(plan_.overlapping + plan_.gone);
  wait([&] { return desk_.client().conflicts().size() == kept; }, milliseconds(20'000));
  expect_hold(HoldReason::needs_decision);
  linger(milliseconds(2'000));
  settle_conflicts();
  settle();
}

void Day::edit_apart(int count) {
  for (int i = 0; i < count; ++i) {
    const RecordId record = next_known_record();
    const std::string theirs = "Gull, says office " + std::to_string(i);
    const std::string ours = "Minor, says inspection " + std::to_string(i);
    world_.edit(record, [&](json& content) { content[species] = theirs; });
    desk_.change(record, [&](json& content) { content[damage] = ours; });
    expected_.push_back({record, species.to_string(), theirs});
    expected_.push_back({record, damage.to_string(), ours});
    linger(milliseconds(40));
  }
}

void Day::edit_the_same(int count) {
  for (int i = 0; i < count; ++i) {
    const RecordId record = next_known_record();
    world_.edit(record, [&](json& content) { content[repair] = their_cost + i; });
    desk_.change(record, [&](json& content) { content[repair] = our_cost + i; });
    linger(milliseconds(40));
  }
}

void Day::edit_the_removed() {
  for (int i = 0; i < plan_.gone; ++i) {
    const RecordId record = next_known_record();
    const std::string ours = "Substantial, after all";
    world_.remove(record);
    desk_.change(record, [&](json& content) { content[damage] = ours; });
    expected_.push_back({record, damage.to_string(), ours});
  }
}

// In turn ours, theirs and merged; what the other office removed is filed again.
void Day::settle_conflicts() {
  int overlap = 0;
  for (const Conflict& conflict : desk_.client().conflicts()) {
    ++troubles_.conflicts;
    if (!conflict.theirs) {
      desk_.settle(conflict, Resolution::ours());
      continue;
    }
    json cost;
    switch (overlap++ % 3) {
      case 0:
        cost = (*conflict.ours)[repair];
        desk_.settle(conflict, Resolution::ours());
        break;
      case 1:
        cost = (*conflict.theirs)[repair];
        desk_.settle(conflict, Resolution::theirs());
        break;
      default:
        const json merged = merged_by_hand(conflict);
        cost = merged[repair];
        desk_.settle(conflict, Resolution::merged(merged));
    }
    expected_.push_back({conflict.record, repair.to_string(), cost});
    tick();
  }
}

}  // namespace lodge::demo
