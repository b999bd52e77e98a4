#include <algorithm>
#include <chrono>
#include <ctime>

#include "client/client_impl.hpp"
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
  std::string words = "process " + std::to_string(holder.pid);
  if (!holder.active) return words;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*holder.active);
  const auto time = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return words;
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return words + ", last active " + std::string(text, length);
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

Explanation Client::explain(const SubmissionId& id) {
  impl_->check_process();
  const auto submission = impl_->store->submission(id);
  if (!submission) throw Error(Errc::not_found, "there is no submission " + id.text());
  Explanation explanation;
  explanation.submission = *submission;
  explanation.receipt = impl_->store->receipt(id);
  explanation.attempts = impl_->store->attempts(id);
  std::ranges::reverse(explanation.attempts);
  if (explanation.attempts.size() > attempts_shown) explanation.attempts.resize(attempts_shown);
  Hold& hold = explanation.hold;
  hold = queue::hold_of(*submission, impl_->store->ahead_of(id), impl_->store->gates(),
                        impl_->monitor->network(), impl_->clock->now(), impl_->profile);
  const bool could_go = hold.reason == HoldReason::none || hold.reason == HoldReason::offline ||
                        hold.reason == HoldReason::backing_off;
  if (could_go && !is_final(submission->state) && !impl_->has_endpoint) {
    hold = {.reason = HoldReason::no_endpoint,
            .act = "Options::endpoint",
            .words = "this client was opened without an endpoint"};
  } else if (could_go && !is_final(submission->state) && !impl_->delivering) {
    const auto holder = impl_->turn->holder();
    if (holder) {
      hold = {.reason = HoldReason::other_process,
              .until = {},
              .words = "delivered by " + process_words(*holder)};
    } else if (!impl_->options.deliver) {
      hold = {.reason = HoldReason::other_process,
              .act = "a client that delivers",
              .words = "no client that delivers has this store open"};
    }
  }
  explanation.words = std::string(name(submission->state));
  if (!hold.words.empty()) explanation.words += ": " + hold.words;
  if (explanation.receipt) {
    explanation.words += " Its proof: " + explanation.receipt->evidence + ".";
  }
  const bool is_told = hold.words.find(submission->problem) != std::string::npos;
  if (!is_told) explanation.words += " (" + submission->problem + ")";
  return explanation;
}

std::vector<HistoryEntry> Client::history(const HistoryQuery& query) {
  impl_->check_process();
  if (query.limit < 1 || query.limit > 1'000) {
    throw Error(Errc::invalid_argument, "HistoryQuery::limit must be 1 to 1,000");
  }
  return impl_->store->history(query);
}

Verdict Client::verify_history() {
  impl_->check_process();
  return impl_->store->verify_history();
}

}  // namespace lodge
