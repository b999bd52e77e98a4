#include <algorithm>
#include <utility>

#include "client/client_impl.hpp"
#include "client/delivery/earlier.hpp"
#include "client/events/stale_words.hpp"
#include "client/input_check.hpp"

namespace lodge {
namespace {

constexpr auto longest_wait_after_failure = std::chrono::seconds(30);
constexpr int passes_in_vain = 20;
// "For ever" added to the present moment would be a moment long past.
constexpr std::chrono::milliseconds longest_patience = std::chrono::hours(24 * 365);
constexpr auto wait_after_vain = std::chrono::seconds(1);

std::vector<storage::GateChange> pauses(const Scope& scope, Time now, const std::string& words,
                                        bool open) {
  std::vector<storage::GateChange> changes;
  const auto add = [&](storage::GateScope kind, const std::string& name) {
    changes.push_back({.gate = {.scope = kind,
                                .name = name,
                                .reason = storage::GateReason::paused,
                                .words = words,
                                .since = now},
                       .open = open});
  };
  if (scope.collection) add(storage::GateScope::collection, *scope.collection);
  if (scope.identity) add(storage::GateScope::identity, *scope.identity);
  if (scope.lane) add(storage::GateScope::lane, *scope.lane);
  if (changes.empty()) add(storage::GateScope::all, "");
  return changes;
}

bool concerns(const Scope& scope, const storage::Gate& gate) {
  if (!scope.collection && !scope.identity && !scope.lane) return true;
  return (gate.scope == storage::GateScope::collection && scope.collection == gate.name) ||
         (gate.scope == storage::GateScope::identity && scope.identity == gate.name) ||
         (gate.scope == storage::GateScope::lane && scope.lane == gate.name);
}

bool waits(const storage::Tally& tally) {
  return tally.counts[static_cast<int>(State::pending)] +
             tally.counts[static_cast<int>(State::sending)] +
             tally.counts[static_cast<int>(State::unconfirmed)] >
         0;
}

}  // namespace

client::Worker::Result Client::Impl::pass(bool eager) {
  std::optional<Time> again;
  bool quiet = true;
  try {
    publish_noted();
    // What came back stays here until it is in the delivery's hands, whatever fails before that.
    if (arrived.empty()) arrived = transport->collect();
    if (connections_stale.exchange(false)) transport->forget_connections();
    refresher->take(arrived);
    refresher->start_requested();
    if (prober->take(arrived)) came_back = true;
    again = deliver(eager);
    const bool may_probe = delivering && !options.probe_url.empty();
    if (may_probe) again = client::earlier(again, prober->step(waits(store->tally())));
    quiet = delivery->idle();
    failures = 0;
    again = unless_in_vain(again);
    publish_noted();
    monitor->watch(again.has_value() || !quiet);
  } catch (const std::exception& error) {
    again = clock->now() + after_failed_pass(error);
  }
  const Time now = clock->now();
  client::Worker::Result result;
  if (again) result.again_in = std::max(Duration::zero(), *again - now);
  result.idle = quiet && (!again || *again > now);
  if (const auto wait = keep_mark()) {
    result.again_in = result.again_in ? std::min(*result.again_in, *wait) : *wait;
  }
  return result;
}

/// A client that sleeps longer than a second wakes once more to bring the store's mark up to date.
/// Without threads the host decides when; the mark is then kept at the next call or close.
std::optional<Duration> Client::Impl::keep_mark() {
  const auto wait = store->keep_mark();
  if (!wait || !options.threads) return std::nullopt;
  return std::chrono::ceil<Duration>(*wait);
}

/// Without memory the telling fails, too; the worker goes on all the same.
Duration Client::Impl::after_failed_pass(const std::exception& error) noexcept {
  const auto wait = std::min<Duration>(std::chrono::seconds(1 << std::min(failures, 5)),
                                       longest_wait_after_failure);
  const bool told = failures > 0;
  if (told) ++failures;
  try {
    monitor->watch(true);  // whatever could not be read may wait for the network
    publish_noted();
    if (told) return wait;
    publish({{.kind = EventKind::delivery_failed,
              .at = clock->now(),
              .words = std::string("delivery waits for this machine: ") + error.what()}});
    failures = 1;
  } catch (const std::exception&) {
    // Told after the next failure.
  }
  return wait;
}

std::optional<Time> Client::Impl::deliver(bool eager) {
  if (closed) return std::nullopt;  // what arrived is for close()
  if (!options.deliver || !has_endpoint) {
    arrived.clear();
    return std::nullopt;
  }
  if (!turn->take(clock->now())) {
    arrived.clear();
    delivering = false;
    if (std::exchange(began, false)) {
      delivery->lose_turn();
      turn->ring();  // for what was submitted here before this was noticed
    }
    return std::nullopt;
  }
  if (!began) {
    delivering = true;  // first: until it is, who asks is told of another process
    delivery->begin();
    began = true;
  }
  std::vector<SubmissionId> fresh;
  {
    const std::lock_guard lock(hurry_mutex);
    fresh.swap(hurry);
  }
  for (const SubmissionId& id : fresh) delivery->hurry(id);
  if (came_back.exchange(false)) delivery->came_back();
  return delivery->step(arrived, eager);
}

// A pass that wants another at once must have moved something; one that did not, again and again,
// is a fault of ours, and must not keep the machine busy.
std::optional<Time> Client::Impl::unless_in_vain(std::optional<Time> again) {
  const Time now = clock->now();
  const bool at_once = again && *again <= now;
  vain = at_once && delivery->progress() == progress ? vain + 1 : 0;
  progress = delivery->progress();
  if (vain < passes_in_vain) return again;
  log({.level = LogLevel::error,
       .event = "delivery.in_vain",
       .words = "passes want to be repeated but move nothing; please report this"});
  return now + std::min<Duration>(wait_after_vain * (1 << std::min(vain - passes_in_vain, 5)),
                                  longest_wait_after_failure);
}

void Client::Impl::wake_everybody() {
  worker->wake();
  if (!delivering) turn->ring();
}

bool Client::Impl::drain(std::chrono::milliseconds patience) {
  const auto waiting = [this] { return waits(store->tally()); };
  if (!options.threads) {
    return !waiting() || run_by_hand(true, patience, [&](bool idle) { return idle && !waiting(); });
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (waiting()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    worker->run_until_idle(left);
    // Idle and still waiting: for a back-off, a person or another process. Look now and then.
    if (waiting()) worker->wait_for_pass(std::min(left, std::chrono::milliseconds(50)));
  }
  return true;
}

Status Client::flush(std::chrono::milliseconds patience) {
  impl_->check_may_wait();
  patience = std::min(patience, longest_patience);
  if (!impl_->delivering) impl_->turn->ring();
  if (impl_->options.threads) {
    impl_->worker->run_until_idle(patience);
  } else {
    impl_->run_by_hand(true, patience, [](bool idle) { return idle; });
  }
  return status();
}

bool Client::drain(std::chrono::milliseconds patience) {
  impl_->check_may_wait();
  if (!impl_->delivering) impl_->turn->ring();
  return impl_->drain(std::min(patience, longest_patience));
}

void Client::pause(const std::string& reason, const Scope& scope) {
  impl_->check_process();
  client::check_text("a pause's reason", reason, client::longest_reason);
  for (const auto& one : {scope.collection, scope.identity, scope.lane}) {
    if (one) client::check_text("what is paused", *one, client::longest_label);
  }
  const auto act = impl_->act(reason);
  impl_->store->change_gates(pauses(scope, act.at, reason, false), act);
  impl_->wake_everybody();
}

void Client::resume(const Scope& scope) {
  impl_->check_process();
  const auto act = impl_->act("resumed");
  auto changes = pauses(scope, act.at, "", true);
  for (storage::Gate gate : impl_->store->gates()) {
    if (gate.reason == storage::GateReason::paused || !concerns(scope, gate)) continue;
    // Its hold ends now: the next form of the group is the probe.
    if (gate.reason == storage::GateReason::sign_in) {
      changes.push_back({.gate = gate, .open = true});
    } else {
      gate.until = act.at;
      changes.push_back({.gate = gate});
    }
  }
  std::vector<std::int64_t> streams;
  for (const storage::Stream& stream : impl_->store->streams()) {
    const auto within = [](const std::optional<std::string>& wanted, const std::string& name) {
      return !wanted || *wanted == name;
    };
    if (within(scope.collection, stream.collection) && within(scope.identity, stream.identity) &&
        within(scope.lane, stream.lane)) {
      streams.push_back(stream.number);
    }
  }
  impl_->store->change_gates(changes, act, streams);
  impl_->monitor->ask();
  impl_->wake_everybody();
}

void Client::set_network(Path path) {
  impl_->check_process();
  impl_->monitor->set_network(path);
  impl_->worker->wake();
}

Refreshed Client::refresh(const RecordId& record, std::chrono::milliseconds patience) {
  impl_->check_may_wait();
  patience = std::min(patience, longest_patience);
  queue::check_record_id(record);
  if (!impl_->has_endpoint) {
    throw Error(Errc::no_endpoint, "There is nobody to ask. Set Options::endpoint.");
  }
  auto answer = impl_->refresher->request(record, impl_->options.identity);
  const auto has_come = [&](std::chrono::milliseconds wait) {
    return answer.wait_for(wait) == std::future_status::ready;
  };
  bool came = false;
  if (impl_->options.threads) {
    impl_->worker->wake();
    came = has_come(patience);
  } else {
    came = impl_->run_by_hand(false, patience, [&](bool) { return has_come({}); });
  }
  if (!came) throw Error(Errc::io, impl_->words_of_no_answer());
  const client::Refresher::Found found = answer.get();
  if (!found.answered) {
    throw Error(Errc::io, "The record could not be read: " + found.words + ". Try again later.");
  }
  Refreshed result;
  result.record = impl_->store->record(record).value_or(Record{.id = record});
  for (const Draft& draft : impl_->store->drafts(std::nullopt)) {
    if (draft.record == record) result.draft_stale = result.draft_stale || draft.stale;
  }
  for (const SubmissionId& draft : found.stale_drafts) {
    impl_->note({.kind = EventKind::draft_stale,
                 .at = impl_->clock->now(),
                 .record = record,
                 .submission = draft,
                 .words = std::string(client::words_of_stale_draft)});
  }
  impl_->worker->wake();
  return result;
}

}  // namespace lodge
