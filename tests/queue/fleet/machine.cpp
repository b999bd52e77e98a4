#include "queue/fleet/machine.hpp"

#include <algorithm>

#include "lodge/retry.hpp"
#include "queue/schedule/gates.hpp"
#include "support/delivery_cases.hpp"

namespace lodge::test {

Machine::Machine(const queue::Profile& profile, int forms, int in_flight)
    : profile_(profile), in_flight_(in_flight), waiting_(forms) {
  for (int i = 0; i < forms; ++i) {
    FleetForm form{.due = a_create()};
    form.due.submission.number = i;
    form.due.submission.record.key = std::to_string(i);
    form.due.due_at = Time{};
    forms_.push_back(std::move(form));
  }
}

void Machine::come_back(Time now, Duration window, double chance) {
  network_.path = Path::unknown;
  network_.not_before = now + queue::spread(window, chance);
}

int Machine::in_doubt() const {
  return static_cast<int>(std::ranges::count_if(
      forms_, [](const FleetForm& form) { return !form.delivered && form.due.in_doubt; }));
}

queue::Plan Machine::plan(Time now) const {
  storage::Stream stream;
  stream.number = 1;
  stream.collection = forms_.front().due.submission.record.collection;
  stream.identity = forms_.front().due.submission.identity;
  stream.counts[static_cast<int>(State::pending)] = waiting_ - under_way_;
  stream.counts[static_cast<int>(State::sending)] = under_way_;
  return queue::plan({.streams = {&stream, 1}, .gates = gates_, .network = network_, .now = now},
                     profile_);
}

// The earliest due first, as the store hands them out.
std::vector<std::size_t> Machine::due(Time now, std::size_t limit) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    const FleetForm& form = forms_[i];
    if (!form.delivered && !form.under_way && form.due.due_at <= now) found.push_back(i);
  }
  std::ranges::sort(found, {}, [&](std::size_t i) { return std::pair(forms_[i].due.due_at, i); });
  if (found.size() > limit) found.resize(limit);
  return found;
}

std::optional<Time> Machine::next_due(Time now) const {
  std::optional<Time> next;
  for (const FleetForm& form : forms_) {
    if (form.delivered || form.under_way || form.due.due_at <= now) continue;
    if (!next || form.due.due_at < *next) next = form.due.due_at;
  }
  return next;
}

void Machine::let_go(std::size_t form, const Leave& leave) {
  forms_[form].under_way = true;
  ++under_way_;
  leave(form, forms_[form].due.step);
}

std::optional<Time> Machine::look(Time now, const Leave& leave) {
  if (waiting_ == 0) return std::nullopt;
  const queue::Plan what = plan(now);
  const auto room = static_cast<std::size_t>(std::max(in_flight_ - under_way_, 0));
  if (!what.streams.empty()) {
    for (const std::size_t form : due(now, room)) let_go(form, leave);
  } else if (!what.probes.empty() && !probe_ && room > 0) {
    for (const std::size_t form : due(now, 1)) {
      probe_ = form;
      let_go(form, leave);
    }
  }
  std::optional<Time> next = what.look_again;
  const bool may_go = !what.streams.empty() || (!what.probes.empty() && !probe_);
  if (may_go && under_way_ < in_flight_) {
    const auto due_next = next_due(now);
    if (due_next && (!next || *due_next < *next)) next = due_next;
  }
  return next;
}

void Machine::receive(std::size_t at, Step step, const Reply& reply, Time now, double chance) {
  FleetForm& form = forms_[at];
  form.under_way = false;
  --under_way_;
  if (probe_ == at) probe_.reset();
  const queue::Circumstances the{profile_, gates_, refusals_, failures_, now, chance, key_of(9)};
  queue::Settlement settled;
  if (step == Step::send) {
    const auto meaning = queue::classify(a_put(), form.due.request->precondition, reply,
                                         form.due.in_doubt, profile_, now);
    settled = queue::settle_send(form.due, 1, meaning, the);
  } else {
    const auto meaning = queue::classify_check(a_get(), reply, profile_, now);
    settled = queue::settle_check(form.due, 1, {}, meaning, reply, the);
  }
  for (const storage::GateChange& change : settled.gates) queue::apply(change, gates_);
  form.due = lodge::test::next_due(std::move(form.due), settled.settled);
  if (!is_final(form.due.submission.state)) return;
  form.delivered = true;
  --waiting_;
}

}  // namespace lodge::test
