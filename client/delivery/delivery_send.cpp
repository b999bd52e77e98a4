#include <algorithm>
#include <unordered_set>

#include "client/delivery/delivery.hpp"
#include "client/delivery/earlier.hpp"
#include "queue/request/compose.hpp"
#include "queue/schedule/gates.hpp"

namespace lodge::client {

void Delivery::read_gates() {
  gates_seen_ = parts_.store.gate_changes();
  gates_ = parts_.store.gates();
  // What answers changed and is not on disk yet.
  for (const storage::GateChange& change : unrecorded_.gates) queue::apply(change, gates_);
}

std::optional<Time> Delivery::send(bool eager) {
  const Time now = parts_.clock.now();
  const auto streams = parts_.store.streams();
  read_gates();
  hurry_news_ = false;
  without_credentials_.clear();
  path_seen_ = parts_.monitor.path();
  queue::PlanInput input{.streams = streams,
                         .gates = gates_,
                         .network = parts_.monitor.network(),
                         .now = now,
                         .eager = eager};
  const queue::Plan plan = queue::plan(input, parts_.profile);
  recall(plan);
  const int free = parts_.in_flight + pace_.ahead() - static_cast<int>(flights_.size());
  const int room =
      static_cast<int>(std::min(static_cast<std::size_t>(std::max(free, 0)), most_at_once()));
  std::vector<Choice> chosen;
  std::optional<Time> look_for_hurried;
  if (room > 0) {
    chosen = choose(plan, now, room);
    std::erase_if(hurried_, [&](const auto& one) { return one.second <= now; });
    if (!eager && !hurried_.empty()) {
      input.eager = true;
      const queue::Plan hurry = queue::plan(input, parts_.profile);
      // Otherwise all go anyway, each in its turn.
      if (hurry.streams != plan.streams || hurry.probes != plan.probes)
        add_hurried(chosen, hurry, now, room);
      // Without a route the system says when there is one.
      if (path_seen_ != Path::offline) look_for_hurried = hurry.look_again;
    }
  }
  more_waits_ = room <= 0 || static_cast<int>(chosen.size()) >= room;
  read_texts(chosen);
  std::vector<Candidate> candidates;
  candidates.reserve(chosen.size());
  for (Choice& choice : chosen) {
    auto candidate = prepare(choice, now);
    if (candidate) candidates.push_back(std::move(*candidate));
  }
  if (candidates.empty() && may_wait(now))
    return earlier(*unrecorded_since_ + longest_wait_of_answer,
                   earlier(look_for_hurried, next_look(plan)));
  look_at_once_ = false;
  if (!record(std::move(candidates))) return record_again_;
  if (look_at_once_) return now;  // what was not free when this pass looked
  return earlier(look_for_hurried, next_look(plan));
}

// Streams that are held keep what they handed to the transport and what did not leave.
void Delivery::recall(const queue::Plan& plan) {
  if (plan.held.empty() || static_cast<int>(flights_.size()) <= parts_.in_flight) return;
  for (const auto& [id, flight] : flights_) {
    const bool held = std::ranges::find(plan.held, flight.due.stream) != plan.held.end();
    if (held && !flight.probe) parts_.transport.recall(id);
  }
}

// When something may go that could not now, as far as that is known.
std::optional<Time> Delivery::next_look(const queue::Plan& plan) {
  if (static_cast<int>(flights_.size()) >= parts_.in_flight + pace_.ahead()) return std::nullopt;
  auto next = earlier(plan.look_again, parts_.store.next_due(plan.streams));
  if (!probing()) next = earlier(next, parts_.store.next_due(plan.probes));
  return next;
}

bool Delivery::probing() const {
  return std::ranges::any_of(flights_, [](const auto& flight) { return flight.second.probe; });
}

std::vector<Delivery::Choice> Delivery::choose(const queue::Plan& plan, Time now, int room) {
  const auto horizon = parts_.profile.longest_hold();
  const auto first = [](const storage::Due& due) {
    return std::pair(due.due_at, due.submission.number);
  };
  // First, so that a backlog of what may go freely does not keep a group from its probe.
  std::optional<storage::Due> probe;
  if (plan.probe_limit > 0 && !probing() && room > 0) {
    auto probes = parts_.store.due(plan.probes, now, horizon, 1);
    const auto found = std::ranges::min_element(probes, {}, first);
    if (found != probes.end()) probe = std::move(*found);
  }
  if (probe) --room;
  std::vector<storage::Due> due = parts_.store.due(plan.streams, now, horizon, room);
  // One stream comes in order, and these are large to move.
  if (!std::ranges::is_sorted(due, {}, first)) std::ranges::sort(due, {}, first);
  if (static_cast<int>(due.size()) > room) due.resize(static_cast<std::size_t>(room));
  std::vector<Choice> chosen;
  chosen.reserve(due.size() + 1);
  for (storage::Due& one : due) chosen.push_back({.due = std::move(one)});
  if (probe) chosen.push_back({.due = std::move(*probe), .probe = true});
  return chosen;
}

// Forms that somebody waits for do not wait for the spread after an outage.
void Delivery::add_hurried(std::vector<Choice>& chosen, const queue::Plan& plan, Time now,
                           int room) {
  const auto has = [](const std::vector<std::int64_t>& numbers, std::int64_t number) {
    return std::ranges::find(numbers, number) != numbers.end();
  };
  bool probe_goes = probing() || std::ranges::any_of(chosen, &Choice::probe);
  // The newest first: one that is probed in vain must not take the place of who comes after it.
  for (auto hurried = hurried_.rbegin(); hurried != hurried_.rend(); ++hurried) {
    if (static_cast<int>(chosen.size()) >= room) return;
    const SubmissionId& id = hurried->first;
    const auto known = [&](const Choice& choice) { return choice.due.submission.id == id; };
    if (std::ranges::any_of(chosen, known)) continue;
    auto due = parts_.store.delivery_facts(id);
    if (!due || due->due_at > now) continue;
    const State state = due->submission.state;
    if (state != State::pending && state != State::unconfirmed) continue;
    if (parts_.store.ahead_of(id)) continue;  // not its turn in its record
    if (has(plan.streams, due->stream)) {
      chosen.push_back({.due = std::move(*due)});
    } else if (has(plan.probes, due->stream) && !probe_goes) {
      probe_goes = true;
      chosen.push_back({.due = std::move(*due), .probe = true});
    }
  }
}

void Delivery::add_compared(queue::Texts& texts, const storage::Due& due) {
  if (due.base_content != 0) texts.base = parts_.store.content(due.base_content);
  if (due.record_content != 0) texts.server = parts_.store.content(due.record_content);
}

// All in one snapshot: reading each by itself would cost more than the rest of a pass.
void Delivery::read_texts(std::vector<Choice>& chosen) {
  if (chosen.size() < 2) return;
  std::vector<storage::ContentNumber> numbers;
  for (const Choice& choice : chosen) numbers.push_back(choice.due.content);
  auto texts = parts_.store.contents(numbers);
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i].text = std::move(texts[i]);
}

queue::Texts Delivery::texts_for(Choice& choice) {
  const storage::Due& due = choice.due;
  queue::Texts texts;
  if (due.content != 0)
    texts.ours = choice.text ? std::move(choice.text) : parts_.store.content(due.content);
  const bool merged_before =
      due.request && due.request->body != 0 && due.request->body != due.content;
  if (merged_before) texts.sent = parts_.store.content(due.request->body);
  const bool moved_on =
      !due.request && due.record.version && due.record.version != due.submission.base_version;
  if (due.step == Step::check || moved_on) add_compared(texts, due);
  return texts;
}

std::optional<Delivery::Candidate> Delivery::prepare(Choice& choice, Time now) {
  storage::Due& due = choice.due;
  Candidate candidate;
  Flight& flight = candidate.flight;
  try {
    flight.texts = texts_for(choice);
  } catch (const Error& error) {
    if (error.code() != Errc::store_damaged) throw;
    parts_.store.park_damaged(due.submission.id, {.at = now, .who = "lodge", .why = error.what()});
    parts_.publish({{.kind = EventKind::rejected,
                     .at = now,
                     .record = due.submission.record,
                     .submission = due.submission.id,
                     .state = State::rejected,
                     .words = error.what()}});
    return std::nullopt;
  }
  const queue::Composed composed =
      queue::compose(due, flight.texts, parts_.profile, fresh_key(now));
  std::string words;
  const std::string& identity = due.submission.identity;
  if (std::ranges::find(without_credentials_, identity) != without_credentials_.end())
    return std::nullopt;  // told and held within this pass
  auto credentials = parts_.authorizer.headers(identity, words);
  if (!credentials) {
    without_credentials_.push_back(identity);
    hold_identity(due.submission.identity, words, now);
    return std::nullopt;
  }
  candidate.credentials = std::move(*credentials);
  candidate.claim = {.submission = due.submission.number, .step = Step::send, .request = {}};
  if (std::holds_alternative<queue::Check>(composed)) {
    candidate.claim.step = Step::check;
    if (due.step != Step::check) add_compared(flight.texts, due);
    flight.request = queue::check_request(due, parts_.profile);
  } else if (const auto* open = std::get_if<queue::Open>(&composed)) {
    candidate.claim.request = open->request;
  }
  flight.step = candidate.claim.step;
  flight.probe = choice.probe;
  flight.due = std::move(due);
  return candidate;
}

// No credentials, no sending: the host failed or has none. Its forms wait, others go on.
void Delivery::hold_identity(const std::string& identity, const std::string& words, Time now) {
  const storage::GateChange change{.gate = {.scope = storage::GateScope::identity,
                                            .name = identity,
                                            .reason = storage::GateReason::sign_in,
                                            .words = words,
                                            .since = now,
                                            .until = now + parts_.profile.probe_interval}};
  parts_.store.change_gates({&change, 1}, {.at = now, .who = "lodge", .why = words});
  parts_.publish(
      {{.kind = EventKind::hold_changed, .at = now, .words = "identity is held: " + words}});
}

void Delivery::start_claimed(std::vector<Candidate>& candidates,
                             const std::vector<storage::Claimed>& claimed) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!claimed[i].attempt) continue;
    begin_again_ = true;  // unless all of them leave
    start(candidates[i], claimed[i]);
    begin_again_ = false;
  }
}

void Delivery::start(Candidate& candidate, const storage::Claimed& claimed) {
  Flight& flight = candidate.flight;
  flight.attempt = *claimed.attempt;
  if (candidate.claim.request) {
    const storage::NewRequest& opened = *candidate.claim.request;
    flight.due.request = storage::StoredRequest{.number = claimed.request,
                                                .key = opened.key,
                                                .url = opened.url,
                                                .precondition = opened.precondition,
                                                .tag = opened.tag,
                                                .body = flight.due.content};
    flight.texts.sent = opened.merged_body;
  }
  if (flight.step == Step::send) {
    auto& text = flight.texts.sent ? flight.texts.sent : flight.texts.ours;
    std::string body = text ? std::move(*text) : std::string();
    flight.texts = {};  // only a check compares, and a form may be large
    flight.precondition = flight.due.request->precondition;
    flight.request =
        queue::wire_request(flight.due, *flight.due.request, std::move(body), parts_.profile);
  }
  Request request = flight.request;
  request.headers.insert(request.headers.end(), candidate.credentials.begin(),
                         candidate.credentials.end());
  flight.secrets = Secrets(candidate.credentials);
  flight.credentials = std::move(candidate.credentials);
  ++progress_;
  parts_.monitor.attempted();
  const auto id = static_cast<TransferId>(flight.attempt);
  flights_.emplace(id, std::move(flight));
  parts_.transport.start(id, std::move(request));
}

}  // namespace lodge::client
