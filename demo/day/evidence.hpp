#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "demo/day/desk.hpp"
#include "demo/day/plan.hpp"
#include "demo/day/world.hpp"
#include "lodge/history.hpp"

namespace lodge::demo {

/// A submission with its content; null for a removal.
struct Filed {
  Submission submission{};
  nlohmann::json content{};
};

/// What the server's copy must show in the end.
struct Expected {
  RecordId record{};
  std::string pointer{};  ///< RFC 6901
  nlohmann::json value{};
};

/// What the day did to the program, as it came about.
struct Troubles {
  Weathered weather{};
  int link_downs = 0;
  int kills_while_filing = 0;
  int kills_while_flushing = 0;
  int conflicts = 0;            ///< kept for a decision
  int delivered_in_portal = 0;  ///< while a page answered in the server's place: must be 0
  std::set<HoldReason> holds_seen{};
  std::vector<std::string> stalled{};  ///< phases after which forms still waited
};

/// All that the proof goes by.
struct Evidence {
  DayPlan plan{};
  std::vector<Filed> outbox{};  ///< all of the store's submissions, oldest first
  std::set<SubmissionId> acknowledged{};
  std::vector<Effect> effects{};  ///< the server's ledger
  Tally tally{};
  std::vector<Expected> expected{};
  Deeds deeds{};
  Troubles troubles{};
  Verdict history{};
};

/// Everything that the store holds, in pages.
std::vector<Filed> whole_outbox(Client& client);

}  // namespace lodge::demo
