#include <algorithm>

#include "client/client_impl.hpp"
#include "client/explanation_words.hpp"
#include "queue/schedule/plan.hpp"

namespace lodge {
namespace {

constexpr std::size_t attempts_shown = 20;

HoldReason reason_of(storage::GateReason reason) {
  switch (reason) {
    case storage::GateReason::paused:
      return HoldReason::paused;
    case storage::GateReason::intercepted:
      return HoldReason::intercepted;
    case storage::GateReason::sign_in:
      return HoldReason::sign_in;
    case storage::GateReason::busy:
      return HoldReason::busy;
    case storage::GateReason::unreachable:
      return HoldReason::unreachable;
    case storage::GateReason::refused:
      return HoldReason::refused;
  }
  return HoldReason::none;
}

std::string process_words(const client::FlushHolder& holder) {
  const std::string words = "process " + std::to_string(holder.pid);
  const std::string time = holder.active ? client::utc_text(*holder.active) : std::string();
  return time.empty() ? words : words + ", last active " + time;
}

/// The entry that withdrew it; answers that came late have entries behind it.
std::optional<HistoryEntry> withdrawal(storage::Store& store, const SubmissionId& id) {
  HistoryQuery query{.submission = id, .limit = 1'000, .with_patches = false};
  for (auto page = store.history(query); !page.empty(); page = store.history(query)) {
    const auto found = std::ranges::find(page, State::withdrawn, &HistoryEntry::state);
    if (found != page.end()) return std::move(*found);
    query.after_number = page.back().number;
  }
  return std::nullopt;
}

}  // namespace

Status Client::status() {
  impl_->check_process();
  Status status;
  const storage::Tally tally = impl_->store->tally();
  std::copy(std::begin(tally.counts), std::end(tally.counts), std::begin(status.counts));
  status.drafts = tally.drafts;
  status.last_delivery = tally.last_delivery;
  status.delivered_up_to = tally.delivered_up_to;
  const Time now = impl_->clock->now();
  if (tally.oldest_unsettled) {
    status.oldest_unsettled = std::max(Duration::zero(), now - *tally.oldest_unsettled);
  }
  status.path = impl_->monitor->network().path;
  status.server = impl_->monitor->server();
  status.delivering = impl_->delivering;
  if (!status.delivering) {
    if (const auto holder = impl_->turn->holder()) status.delivered_by = process_words(*holder);
  }
  for (const storage::Gate& gate : impl_->store->gates()) {
    status.holds.push_back({.scope = std::string(storage::name(gate.scope)),
                            .name = gate.name,
                            .reason = reason_of(gate.reason),
                            .words = gate.words,
                            .since = gate.since,
                            .until = gate.until});
  }
  status.lost_entries = tally.lost_entries;
  status.endpoint = impl_->profile.endpoint.base;
  status.sqlite = storage::sqlite_version();
  return status;
}

Hold Client::Impl::hold_of(const Submission& submission) {
  Hold hold = queue::hold_of(submission, store->ahead_of(submission.id), store->gates(),
                             monitor->network(), clock->now(), profile);
  if (submission.state == State::withdrawn) {
    if (const auto entry = withdrawal(*store, submission.id)) {
      hold.words = client::withdrawal_words(*entry);
    }
  }
  const bool could_go = hold.reason == HoldReason::none || hold.reason == HoldReason::offline ||
                        hold.reason == HoldReason::backing_off;
  if (!could_go) return hold;
  if (!has_endpoint) {
    return {.reason = HoldReason::no_endpoint,
            .act = "Options::endpoint",
            .words = "This client was opened without an endpoint."};
  }
  if (delivering) return hold;
  if (const auto holder = turn->holder()) {
    return {
        .reason = HoldReason::other_process,
        .words = "It is sent by " + process_words(*holder) + ". If that process hangs, end it."};
  }
  if (options.deliver) return hold;
  return {.reason = HoldReason::other_process,
          .act = "Options::deliver",
          .words = "No client that delivers has this store open."};
}

Explanation Client::explain(const SubmissionId& id) {
  impl_->check_process();
  const Submission submission = impl_->required(id);
  Explanation explanation;
  explanation.submission = submission;
  explanation.receipt = impl_->store->receipt(id);
  explanation.attempts = impl_->store->attempts(id);
  std::ranges::reverse(explanation.attempts);
  if (explanation.attempts.size() > attempts_shown) explanation.attempts.resize(attempts_shown);
  explanation.hold = impl_->hold_of(submission);
  const Hold& hold = explanation.hold;
  explanation.words = std::string(name(submission.state));
  if (!hold.words.empty()) explanation.words += ": " + hold.words;
  if (explanation.receipt) {
    explanation.words += " Its proof: " + explanation.receipt->evidence + ".";
  }
  const bool is_told = hold.words.find(submission.problem) != std::string::npos;
  if (!is_told) explanation.words += " (" + submission.problem + ")";
  return explanation;
}

std::vector<HistoryEntry> Client::history(const HistoryQuery& query) {
  impl_->check_process();
  if (query.limit < 1 || query.limit > 1'000) {
    throw Error(Errc::invalid_argument,
                "HistoryQuery::limit is not 1 to 1,000. Give a number within.");
  }
  return impl_->store->history(query);
}

Verdict Client::verify_history() {
  impl_->check_process();
  return impl_->store->verify_history();
}

}  // namespace lodge
