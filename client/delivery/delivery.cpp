#include "client/delivery/delivery.hpp"

#include <algorithm>
#include <utility>

#include "client/events/stale_words.hpp"
#include "client/system/system_random.hpp"

namespace lodge::client {
namespace {

constexpr auto wait_after_failed_record = std::chrono::seconds(1);
constexpr auto longest_wait_after_failed_record = std::chrono::seconds(30);
// Answers that come quickly are recorded together: this many, or after this long.
constexpr std::size_t full_batch = 128;
// No more answers, and no more attempts, in one transaction while others write, too: with 128 of
// each they would wait ten times as long as for each other.
constexpr std::size_t batch_in_company = 8;
/// How long a fresh form counts as one that somebody waits for.
constexpr auto patience_of_a_person = std::chrono::minutes(1);

}  // namespace

void Delivery::begin() {
  epoch_ =
      parts_.store.begin_epoch({.at = parts_.clock.now(), .who = "lodge", .why = "delivery began"});
  begin_again_ = false;
}

void Delivery::lose_turn() { flights_.clear(); }

void Delivery::hurry(const SubmissionId& id) {
  hurried_[id] = parts_.clock.now() + patience_of_a_person;
  hurry_news_ = true;
}

void Delivery::came_back() {
  std::vector<storage::GateChange> changes;
  const Time now = parts_.clock.now();
  for (storage::Gate gate : parts_.store.gates()) {
    const bool waits = gate.reason == storage::GateReason::unreachable ||
                       gate.reason == storage::GateReason::intercepted;
    if (!waits || !gate.until || *gate.until <= now) continue;
    gate.until = now;
    changes.push_back({.gate = std::move(gate)});
  }
  if (changes.empty()) return;
  parts_.store.change_gates(changes, {.at = now, .who = "lodge", .why = "the network changed"});
}

std::optional<Time> Delivery::step(std::vector<Finished>& replies, bool eager) {
  inbox_.insert(inbox_.end(), std::make_move_iterator(replies.begin()),
                std::make_move_iterator(replies.end()));
  replies.clear();
  const bool woken = inbox_.empty();
  if (begin_again_) begin();
  receive_all(most_at_once());
  const Time now = parts_.clock.now();
  if (record_again_ && *record_again_ > now + longest_wait_after_failed_record)
    record_again_ = now;  // the clock was set back
  if (record_again_ && now < *record_again_) return record_again_;
  if (record_again_ && !record()) return record_again_;
  if (may_wait(now) && !woken && !must_look()) return *unrecorded_since_ + longest_wait_of_answer;
  parts_.authorizer.forget();
  const auto next = send(eager);
  return inbox_.empty() || record_again_ ? next : now;
}

std::size_t Delivery::most_at_once() const {
  return parts_.store.has_company() ? batch_in_company : all_of_them;
}

// Answers wait for company while many come, never when nothing else is going.
bool Delivery::may_wait(Time now) const {
  return pace_.ahead() > 0 && !flights_.empty() && inbox_.empty() && unrecorded_since_ &&
         unrecorded_.gates.empty() &&
         unrecorded_.settled.size() < std::min(full_batch, most_at_once()) &&
         now >= *unrecorded_since_ && now - *unrecorded_since_ < longest_wait_of_answer;
}

// Whether something may go, or may go no more.
bool Delivery::must_look() const {
  const int under_way = static_cast<int>(flights_.size());
  const int room = parts_.in_flight + pace_.ahead() - under_way;
  if (more_waits_ && room > pace_.ahead() / 2) return true;
  return hurry_news_ || parts_.store.gate_changes() != gates_seen_ ||
         parts_.monitor.path() != path_seen_;
}

std::size_t Delivery::recall_all() {
  for (const auto& [id, flight] : flights_) parts_.transport.recall(id);
  const auto on_wire = static_cast<std::size_t>(parts_.in_flight);
  return flights_.size() > on_wire ? flights_.size() - on_wire : 0;
}

void Delivery::abandon(std::vector<Finished> last) {
  inbox_.insert(inbox_.end(), std::make_move_iterator(last.begin()),
                std::make_move_iterator(last.end()));
  read_gates();
  abandoning_ = true;
  receive_all();
  std::vector<TransferId> ids;
  for (const auto& [id, flight] : flights_) ids.push_back(id);
  for (const TransferId id : ids) {
    receive({.id = id, .reply = {.error = TransportError::cancelled, .departures = 1}});
  }
  record();
}

// The answers that wait and the attempts that begin, in one transaction.
bool Delivery::record(std::vector<Candidate> next) {
  if (unrecorded_.settled.empty() && next.empty()) return true;
  std::vector<storage::Claim> claims;
  claims.reserve(next.size());
  for (const Candidate& candidate : next) claims.push_back(candidate.claim);
  storage::Exchanged exchanged;
  try {
    exchanged = parts_.store.exchange(unrecorded_.settled, unrecorded_.gates, claims, epoch_,
                                      {.at = parts_.clock.now(), .who = "lodge", .why = {}});
  } catch (const Error& error) {
    if (unrecorded_.settled.empty()) throw;
    not_recorded(error);
    return false;
  }
  record_failures_ = 0;
  record_again_.reset();
  unrecorded_since_.reset();
  const Batch done = std::exchange(unrecorded_, {});
  progress_ += static_cast<std::uint64_t>(
      std::ranges::count(exchanged.stored, false, &storage::Stored::late));
  look_at_once_ = std::ranges::any_of(exchanged.stored, [](const storage::Stored& stored) {
    return stored.next_is_ready || !is_final(stored.state);
  });
  start_claimed(next, exchanged.claimed);
  announce(done, exchanged.stored);
  return true;
}

// Nothing more is sent until this is on disk; the answers stay in memory meanwhile.
void Delivery::not_recorded(const Error& error) {
  const auto wait =
      std::min<Duration>(wait_after_failed_record * (1 << std::min(record_failures_, 5)),
                         longest_wait_after_failed_record);
  if (record_failures_++ == 0) {
    parts_.publish({{.kind = EventKind::delivery_failed,
                     .at = parts_.clock.now(),
                     .words = std::string("an answer could not be recorded; nothing is sent until "
                                          "it can: ") +
                              error.what()}});
  }
  record_again_ = parts_.clock.now() + wait;
}

void Delivery::announce(const Batch& batch, const std::vector<storage::Stored>& stored) {
  std::vector<Event> events;
  const Time now = parts_.clock.now();
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const storage::Due& due = batch.dues[i];
    if (is_final(stored[i].state)) hurried_.erase(due.submission.id);
    for (const SubmissionId& draft : stored[i].stale_drafts) {
      events.push_back({.kind = EventKind::draft_stale,
                        .at = now,
                        .record = due.submission.record,
                        .submission = draft,
                        .words = std::string(words_of_stale_draft)});
    }
    const storage::Settled& settled = batch.settled[i];
    if (stored[i].late || settled.action.empty()) continue;
    Event event{.kind = EventKind::state_changed,
                .at = now,
                .record = due.submission.record,
                .submission = due.submission.id,
                .state = stored[i].state,
                .words = settled.problem.empty() ? settled.why : settled.problem};
    if (stored[i].state == State::delivered) event.kind = EventKind::delivered;
    if (stored[i].state == State::conflicted) event.kind = EventKind::conflict;
    if (stored[i].state == State::rejected) event.kind = EventKind::rejected;
    events.push_back(std::move(event));
  }
  for (const storage::GateChange& change : batch.gates) {
    events.push_back({.kind = EventKind::hold_changed,
                      .at = now,
                      .words = std::string(storage::name(change.gate.scope)) + " " +
                               change.gate.name +
                               (change.open ? " goes on" : " is held: " + change.gate.words)});
  }
  if (!events.empty()) parts_.publish(std::move(events));
}

double Delivery::chance() { return as_chance(parts_.random()); }

RequestKey Delivery::fresh_key(Time now) {
  UuidChance bytes{};
  for (std::size_t i = 0; i < bytes.size();) {
    std::uint64_t bits = parts_.random();
    for (int k = 0; k < 8 && i < bytes.size(); ++k, bits >>= 8) {
      bytes[i++] = static_cast<std::uint8_t>(bits);
    }
  }
  return RequestKey{make_uuid_v7(now, bytes)};
}

}  // namespace lodge::client
