#include "demo/day/proof.hpp"

#include <algorithm>
#include <set>

#include "demo/day/ledger_view.hpp"

namespace lodge::demo {
namespace {

using nlohmann::json;

std::string plural(int count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

class Judge {
 public:
  explicit Judge(const Evidence& evidence)
      : evidence_(evidence), ledger_(view_ledger(evidence.effects)) {}

  Proof judge() {
    count();
    find_lost();
    find_doubled();
    find_disorder();
    find_altered();
    about_forms();
    about_troubles();
    return std::move(proof_);
  }

 private:
  void say(std::string name, bool holds, std::string words) {
    proof_.findings.push_back({std::move(name), holds, std::move(words)});
  }

  // The script must have hit: a day without trouble proves nothing.
  void hit(const std::string& name, int count, int wanted = 1) {
    say(name, count >= wanted,
        std::to_string(count) + (count >= wanted ? "" : ", wanted " + std::to_string(wanted)));
  }

  void count() {
    proof_.acknowledged = static_cast<int>(evidence_.acknowledged.size());
    proof_.submissions = static_cast<int>(evidence_.outbox.size());
    proof_.our_effects = ledger_.our_effects;
    proof_.foreign_effects = ledger_.foreign_effects;
    for (const Filed& filed : evidence_.outbox) ++proof_.states[filed.submission.state];
  }

  [[nodiscard]] bool arrived(const Filed& filed) const {
    const auto mark = mark_of(filed);
    if (mark != removed_mark) return ledger_.puts.contains(mark);
    const auto found = ledger_.ours.find(filed.submission.record);
    return found != ledger_.ours.end() && std::ranges::count(found->second, mark) > 0;
  }

  void find_lost() {
    std::set<SubmissionId> kept;
    for (const Filed& filed : evidence_.outbox) {
      const State state = filed.submission.state;
      const bool delivered = state == State::delivered && arrived(filed);
      const bool taken_back = state == State::withdrawn || state == State::replaced;
      if (delivered || taken_back) kept.insert(filed.submission.id);
    }
    for (const SubmissionId& id : evidence_.acknowledged) proof_.lost += !kept.contains(id);
    say("lost", proof_.lost == 0,
        plural(proof_.lost, "acknowledged form") + " neither at the server nor taken back");
  }

  void find_doubled() {
    proof_.doubled = ledger_.doubled_keys;
    for (const auto& [mark, bodies] : ledger_.puts) proof_.doubled += bodies.size() > 1;
    for (const auto& [record, marks] : ledger_.ours) {
      const auto removals = std::ranges::count(marks, removed_mark);
      proof_.doubled += removals > delivered_removals(record);
    }
    say("doubled", proof_.doubled == 0, plural(proof_.doubled, "form") + " took effect twice");
  }

  [[nodiscard]] std::ptrdiff_t delivered_removals(const RecordId& record) const {
    return std::ranges::count_if(evidence_.outbox, [&](const Filed& filed) {
      return filed.submission.record == record && filed.content.is_null() &&
             filed.submission.state == State::delivered;
    });
  }

  void find_disorder() {
    std::map<RecordId, std::vector<std::pair<std::int64_t, std::string>>> filed_as;
    for (const Filed& filed : evidence_.outbox) {
      if (filed.submission.state != State::delivered) continue;
      filed_as[filed.submission.record].emplace_back(filed.submission.place, mark_of(filed));
    }
    for (auto& [record, places] : filed_as) {
      std::ranges::sort(places);
      std::vector<std::string> marks;
      for (const auto& [place, mark] : places) marks.push_back(mark);
      const auto found = ledger_.ours.find(record);
      proof_.out_of_order += found == ledger_.ours.end() || found->second != marks;
    }
    say("out_of_order", proof_.out_of_order == 0,
        plural(proof_.out_of_order, "record") + " whose forms took effect in another order");
  }

  // A merge adds what somebody else wrote; anything else must arrive as it was filed.
  void find_altered() {
    for (const Filed& filed : evidence_.outbox) {
      if (filed.submission.state != State::delivered || filed.content.is_null()) continue;
      const auto found = ledger_.puts.find(mark_of(filed));
      if (found == ledger_.puts.end() || found->second.front() == filed.content) continue;
      ++proof_.merged_by_itself;
    }
    proof_.altered = std::max(0, proof_.merged_by_itself - evidence_.plan.disjoint);
    say("altered", proof_.altered == 0, plural(proof_.altered, "form") + " arrived altered");
    say("merged_by_itself", proof_.merged_by_itself == evidence_.plan.disjoint,
        std::to_string(proof_.merged_by_itself) + " of " + std::to_string(evidence_.plan.disjoint));
    int missing = 0;
    for (const Expected& expected : evidence_.expected) missing += !is_there(expected);
    say("words_kept", missing == 0,
        std::to_string(missing) + " of " + std::to_string(evidence_.expected.size()) +
            " edits and decisions missing at the server");
  }

  [[nodiscard]] bool is_there(const Expected& expected) const {
    const auto found = ledger_.documents.find(expected.record);
    const json::json_pointer pointer(expected.pointer);
    return found != ledger_.documents.end() && found->second.contains(pointer) &&
           found->second.at(pointer) == expected.value;
  }

  void about_forms() {
    const Deeds& deeds = evidence_.deeds;
    int unsettled = 0;
    for (const auto& [state, many] : proof_.states) unsettled += is_final(state) ? 0 : many;
    say("settled", unsettled == 0, plural(unsettled, "submission") + " without a final state");
    say("forms_filed", deeds.forms == evidence_.plan.rows(),
        std::to_string(deeds.forms) + " of " + std::to_string(evidence_.plan.rows()));
    say("no_strays", proof_.submissions == proof_.acknowledged,
        std::to_string(proof_.submissions) + " submissions in the store, " +
            std::to_string(proof_.acknowledged) + " acknowledged or found again");
    const auto replaced = state_count(State::replaced);
    const auto replacing = deeds.amended + deeds.settled_ours + deeds.settled_merged;
    say("replaced", replaced == replacing,
        std::to_string(replaced) + ", by " + std::to_string(replacing) + " amended or decided");
    const auto withdrawn = state_count(State::withdrawn);
    const auto taken_back = deeds.withdrawn + deeds.settled_theirs;
    say("withdrawn", withdrawn == taken_back,
        std::to_string(withdrawn) + ", by " + plural(taken_back, "explicit call"));
    say("deferred", deferred_delivered() == deeds.deferred && deeds.deferred > 0,
        std::to_string(deferred_delivered()) + " of " + std::to_string(deeds.deferred) +
            " delivered with their effective time");
    const Verdict& history = evidence_.history;
    say("history_verified", history.intact && history.entries > 0,
        std::to_string(history.entries) + " entries. " + history.sentence);
  }

  [[nodiscard]] int state_count(State state) const {
    const auto found = proof_.states.find(state);
    return found == proof_.states.end() ? 0 : found->second;
  }

  [[nodiscard]] int deferred_delivered() const {
    return static_cast<int>(std::ranges::count_if(evidence_.outbox, [](const Filed& filed) {
      return filed.submission.lane == "deferred" && filed.submission.effective_at &&
             filed.submission.state == State::delivered;
    }));
  }

  void about_troubles() {
    const Troubles& troubles = evidence_.troubles;
    const DayPlan& plan = evidence_.plan;
    std::string stalled;
    for (const std::string& phase : troubles.stalled) stalled += " " + phase + ";";
    say("no_stall", troubles.stalled.empty(),
        stalled.empty() ? "after each phase everything was delivered"
                        : "forms waited after:" + stalled);
    say("portal_not_believed", troubles.delivered_in_portal == 0,
        plural(troubles.delivered_in_portal, "form") + " delivered by a sign-in page");
    hit("link_downs", troubles.link_downs, 12);
    hit("portal_answers", troubles.weather.portal_answers);
    hit("busy_answers", troubles.weather.busy_answers);
    hit("lost_requests", troubles.weather.lost_requests);
    hit("lost_replies", troubles.weather.lost_replies);
    hit("cut_replies", troubles.weather.cut_replies);
    hit("refused_forms", troubles.weather.refused_forms, plan.refused);
    hit("foreign_edits", proof_.foreign_effects, plan.disjoint + plan.overlapping + plan.gone);
    hit("conflicts", troubles.conflicts, plan.overlapping + plan.gone);
    hit("double_clicks", evidence_.deeds.double_clicks, plan.doubled);
    hit("removed", evidence_.deeds.removed, plan.removals);
    hit("kills_while_filing", troubles.kills_while_filing);
    hit("kills_while_flushing", troubles.kills_while_flushing);
    about_holds();
  }

  void about_holds() {
    std::string missing;
    for (const HoldReason reason :
         {HoldReason::unreachable, HoldReason::intercepted, HoldReason::busy, HoldReason::behind,
          HoldReason::paused, HoldReason::other_process, HoldReason::needs_decision,
          HoldReason::was_rejected}) {
      if (!evidence_.troubles.holds_seen.contains(reason))
        missing += " " + std::string(name(reason));
    }
    say("holds_explained", missing.empty(),
        missing.empty() ? "every kind of trouble was named by explain()" : "never seen:" + missing);
  }

  const Evidence& evidence_;
  const LedgerView ledger_;
  Proof proof_;
};

}  // namespace

bool Proof::holds() const {
  return !findings.empty() && std::ranges::all_of(findings, &Finding::holds);
}

Proof prove(const Evidence& evidence) { return Judge(evidence).judge(); }

}  // namespace lodge::demo
