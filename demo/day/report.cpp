#include "demo/day/report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace lodge::demo {
namespace {

using nlohmann::ordered_json;

double seconds(const Report& report) { return static_cast<double>(report.took.count()) / 1000; }

std::string row(const std::string& name, const std::string& words) {
  std::string line = "  " + name;
  line.resize(std::max<std::size_t>(line.size() + 1, 32), ' ');
  return line + words + "\n";
}

std::string row(const std::string& name, int count) { return row(name, std::to_string(count)); }

ordered_json states(const Proof& proof) {
  ordered_json counts;
  for (int i = 0; i < state_count; ++i) {
    const auto state = static_cast<State>(i);
    const auto found = proof.states.find(state);
    counts[std::string(name(state))] = found == proof.states.end() ? 0 : found->second;
  }
  return counts;
}

ordered_json conflicts(const Report& report) {
  const Deeds& deeds = report.evidence.deeds;
  return {{"found", report.evidence.troubles.conflicts},
          {"merged_by_itself", report.proof.merged_by_itself},
          {"settled_ours", deeds.settled_ours},
          {"settled_theirs", deeds.settled_theirs},
          {"settled_merged", deeds.settled_merged}};
}

ordered_json troubles(const Report& report) {
  const Troubles& troubles = report.evidence.troubles;
  ordered_json holds = ordered_json::array();
  for (const HoldReason reason : troubles.holds_seen) {
    if (reason != HoldReason::none) holds.push_back(name(reason));
  }
  return {{"link_downs", troubles.link_downs},
          {"portal_answers", troubles.weather.portal_answers},
          {"busy_answers", troubles.weather.busy_answers},
          {"lost_requests", troubles.weather.lost_requests},
          {"lost_replies", troubles.weather.lost_replies},
          {"cut_replies", troubles.weather.cut_replies},
          {"refused_forms", troubles.weather.refused_forms},
          {"foreign_edits", report.proof.foreign_effects},
          {"kills_while_filing", troubles.kills_while_filing},
          {"kills_while_flushing", troubles.kills_while_flushing},
          {"holds_seen", std::move(holds)}};
}

ordered_json people(const Deeds& deeds) {
  return {{"forms_filed", deeds.forms},
          {"changed", deeds.changed},
          {"double_clicks", deeds.double_clicks},
          {"amended", deeds.amended},
          {"removed", deeds.removed},
          {"withdrawn", deeds.withdrawn},
          {"deferred", deeds.deferred},
          {"found_after_kill", deeds.found_after_kill}};
}

ordered_json server(const Report& report) {
  const Tally& tally = report.evidence.tally;
  return {{"effects", report.proof.our_effects + report.proof.foreign_effects},
          {"our_effects", report.proof.our_effects},
          {"requests", tally.requests},
          {"reads", tally.reads},
          {"replays", tally.replays},
          {"refusals", tally.refusals}};
}

ordered_json findings(const Proof& proof, ordered_json& failed) {
  ordered_json all = ordered_json::array();
  failed = ordered_json::array();
  for (const Finding& finding : proof.findings) {
    all.push_back({{"name", finding.name}, {"holds", finding.holds}, {"words", finding.words}});
    if (!finding.holds) failed.push_back(finding.name);
  }
  return all;
}

std::string state_words(const Proof& proof) {
  std::string words;
  for (const auto& [state, count] : proof.states) {
    words += (words.empty() ? "" : ", ") + std::string(name(state)) + " " + std::to_string(count);
  }
  return words;
}

std::string conflict_words(const Report& report) {
  const Deeds& deeds = report.evidence.deeds;
  return std::to_string(report.evidence.troubles.conflicts) + " (ours " +
         std::to_string(deeds.settled_ours) + ", theirs " + std::to_string(deeds.settled_theirs) +
         ", merged by hand " + std::to_string(deeds.settled_merged) + "); " +
         std::to_string(report.proof.merged_by_itself) + " more edits merged by themselves";
}

}  // namespace

std::string report_text(const Report& report) {
  const Proof& proof = report.proof;
  char head[128];
  std::snprintf(head, sizeof head, "\nThe day took %.1f s (seed %llu). The server's ledger says:\n",
                seconds(report), static_cast<unsigned long long>(report.settings.seed));
  std::string text = head;
  text += row("forms filed", report.evidence.deeds.forms);
  text += row("submissions acknowledged", proof.acknowledged);
  text +=
      row("effects at the server", std::to_string(proof.our_effects) + ", and " +
                                       std::to_string(proof.foreign_effects) + " by somebody else");
  text += row("lost", proof.lost);
  text += row("doubled", proof.doubled);
  text += row("out of order", proof.out_of_order);
  text += row("conflicts settled", conflict_words(report));
  text += row("final states", state_words(proof));
  text += "What was checked:\n";
  for (const Finding& finding : proof.findings) {
    text += row((finding.holds ? "ok      " : "FAILED  ") + finding.name, finding.words);
  }
  return text + (proof.holds() ? "The proof holds.\n" : "THE PROOF DOES NOT HOLD.\n");
}

std::string report_json(const Report& report) {
  const Proof& proof = report.proof;
  ordered_json failed;
  ordered_json all = findings(proof, failed);
  const ordered_json json{{"seed", report.settings.seed},
                          {"rows", report.settings.rows},
                          {"fast", report.settings.fast},
                          {"seconds", seconds(report)},
                          {"proof_holds", proof.holds()},
                          {"acknowledged", proof.acknowledged},
                          {"submissions", proof.submissions},
                          {"lost", proof.lost},
                          {"doubled", proof.doubled},
                          {"out_of_order", proof.out_of_order},
                          {"altered", proof.altered},
                          {"people", people(report.evidence.deeds)},
                          {"states", states(proof)},
                          {"conflicts", conflicts(report)},
                          {"troubles", troubles(report)},
                          {"server", server(report)},
                          {"history",
                           {{"verified", report.evidence.history.intact},
                            {"entries", report.evidence.history.entries},
                            {"head", report.evidence.history.head.hex()}}},
                          {"failed", std::move(failed)},
                          {"findings", std::move(all)}};
  return json.dump();
}

}  // namespace lodge::demo
