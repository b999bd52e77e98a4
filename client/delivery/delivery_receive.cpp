#include <algorithm>

#include "client/delivery/delivery.hpp"
#include "queue/answer/classify.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::client {
namespace {

LogLine attempt_line(const storage::Due& due, Step step, const Reply& reply,
                     const queue::Meaning& meaning) {
  std::string words = std::string(step == Step::send ? "send" : "check") + ": ";
  words += reply.error == TransportError::none ? std::to_string(reply.status)
                                               : std::string(name(reply.error));
  words += " -> ";
  words += queue::name(meaning.outcome);
  if (reply.departures > 1) {
    words += ", sent " + std::to_string(reply.departures) + " times by the transport";
  }
  return {.level = LogLevel::debug,
          .event = "delivery.attempt",
          .words = std::move(words),
          .submission = due.submission.id};
}

/// Room for one more. Grows by doubling: to reserve one more each time would move all each time.
template <class Value>
void make_room(std::vector<Value>& list) {
  constexpr std::size_t first = 16;
  if (list.size() == list.capacity()) list.reserve(std::max(first, 2 * list.size()));
}

// Errors that speak of the way to the server, not of what came over it.
bool no_way(TransportError error) {
  switch (error) {
    case TransportError::resolve:
    case TransportError::connect:
    case TransportError::proxy:
    case TransportError::handshake:
    case TransportError::timeout:
    case TransportError::cut:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Delivery::receive_all(std::size_t most) {
  if (inbox_.empty()) return;
  if (parts_.store.gate_changes() != gates_seen_) read_gates();
  const std::size_t before = unrecorded_.settled.size();
  for (; !inbox_.empty() && most > 0; --most) {
    receive(inbox_.front());
    inbox_.pop_front();
  }
  const Time now = parts_.clock.now();
  pace_.answered(static_cast<int>(unrecorded_.settled.size() - before), now);
  if (!unrecorded_.gates.empty()) pace_.stumbled();
  if (!unrecorded_since_ && !unrecorded_.settled.empty()) unrecorded_since_ = now;
}

// It was handed to the transport ahead of its time and did not leave.
bool Delivery::take_back(Flight& flight, const Reply& reply) {
  if (reply.error != TransportError::cancelled || reply.departures > 0) return false;
  settle(flight, queue::settle_not_sent(flight.due, flight.attempt));
  return true;
}

void Delivery::receive(const Finished& finished) {
  const auto found = flights_.find(finished.id);
  if (found == flights_.end()) return;
  Flight& flight = found->second;
  const Reply& reply = finished.reply;
  if (take_back(flight, reply)) {
    flights_.erase(found);
    return;
  }
  const Time now = parts_.clock.now();
  queue::Meaning meaning = flight.step == Step::send
                               ? queue::classify(flight.request, flight.precondition, reply,
                                                 flight.due.in_doubt, parts_.profile, now)
                               : queue::classify_check(flight.request, reply, parts_.profile, now);
  flight.secrets.hide(meaning.problem);
  flight.secrets.hide(meaning.detail);
  if (parts_.log) parts_.log(attempt_line(flight.due, flight.step, reply, meaning));
  tell_monitor(flight.step, reply, meaning);
  if (meaning.new_connection) parts_.transport.forget_connections();
  if (resend(finished.id, flight, meaning)) return;

  const bool checks = flight.step == Step::check;
  const std::string& collection = flight.due.submission.record.collection;
  const queue::Circumstances circumstances{.profile = parts_.profile,
                                           .gates = gates_,
                                           .refusals = refusals_[collection],
                                           .failures = failures_,
                                           .now = now,
                                           .chance = chance(),
                                           .fresh = checks ? fresh_key(now) : RequestKey{}};
  queue::Settlement settlement =
      checks ? queue::settle_check(flight.due, flight.attempt, flight.texts, meaning, reply,
                                   circumstances)
             : queue::settle_send(flight.due, flight.attempt, meaning, circumstances);
  for (const storage::GateChange& change : settlement.gates) queue::apply(change, gates_);
  // A copy that equals ours is the server's word, over whatever path it came.
  const bool proven = checks && settlement.settled.state == State::delivered;
  if (proven && !meaning.from_server) parts_.monitor.answered(true);
  settle(flight, std::move(settlement));
  flights_.erase(found);
}

// The same bytes go again within the same attempt: to the address that the server named, or with
// fresh credentials. True when they went. Under an id of its own: the answer to what went before,
// told once more by the transport, must not be taken for the answer to this.
bool Delivery::resend(TransferId id, Flight& flight, const queue::Meaning& meaning) {
  if (abandoning_) return false;
  Request again = flight.request;
  const std::string& identity = flight.due.submission.identity;
  std::string words;
  std::optional<std::vector<Header>> credentials;
  if (meaning.outcome == queue::Outcome::follow && flight.hops < queue::longest_redirect_chain) {
    ++flight.hops;
    again.url = meaning.location;
    flight.request.url = meaning.location;  // what a next Location is relative to
    credentials = parts_.authorizer.headers(identity, words);
  } else if (meaning.sign_in && !flight.refreshed) {
    flight.refreshed = true;
    // Another form's refusal may have brought fresh ones while this one was under way.
    credentials = parts_.authorizer.headers(identity, words);
    if (!credentials || *credentials == flight.credentials)
      credentials = parts_.authorizer.refresh(identity, words);
  }
  if (!credentials) return false;
  again.headers.insert(again.headers.end(), credentials->begin(), credentials->end());
  flight.secrets = Secrets(*credentials);
  flight.credentials = *credentials;
  if (meaning.arrived) flight.due.in_doubt = true;
  constexpr int bits_of_attempt = 56;
  auto node = flights_.extract(id);
  node.key() = static_cast<TransferId>(flight.attempt) + (++flight.resends << bits_of_attempt);
  const TransferId fresh = node.key();
  flights_.insert(std::move(node));
  parts_.transport.start(fresh, std::move(again));
  return true;
}

void Delivery::settle(Flight& flight, queue::Settlement settlement) {
  // All or nothing: an answer and its submission stand at the same place of both lists.
  make_room(unrecorded_.settled);
  make_room(unrecorded_.dues);
  unrecorded_.gates.insert(unrecorded_.gates.end(), settlement.gates.begin(),
                           settlement.gates.end());
  unrecorded_.settled.push_back(std::move(settlement.settled));
  unrecorded_.dues.push_back(std::move(flight.due));
}

void Delivery::tell_monitor(Step step, const Reply& reply, const queue::Meaning& meaning) {
  if (!reply.address.empty()) parts_.monitor.connected_to(reply.address);
  // No portal has a document: for the path, though not as proof of anything, that is the server.
  const bool document = step == Step::check && meaning.outcome == queue::Outcome::done;
  const bool intercepted = meaning.hold && meaning.hold->reason == storage::GateReason::intercepted;
  if (intercepted) {
    parts_.monitor.intercepted();
  } else if (reply.error == TransportError::none) {
    parts_.monitor.answered(meaning.from_server || document,
                            reply.status == 429 || reply.status == 503);
  } else if (no_way(reply.error)) {
    parts_.monitor.unreachable();
  }
}

}  // namespace lodge::client
