#include "queue/exhaustive/events.hpp"

#include <algorithm>

#include "queue/exhaustive/flusher.hpp"
#include "queue/exhaustive/rows.hpp"
#include "queue/exhaustive/server.hpp"

namespace lodge::test {
namespace {

constexpr int last_end = static_cast<int>(End::wants_401);

void add_replies(const World& world, std::vector<Event>& events) {
  for (int i = 0; i < static_cast<int>(world.flights.size()); ++i) {
    const Flight& flight = world.flights[static_cast<std::size_t>(i)];
    const bool writes = flight.step == Step::send;
    if (!flight.reply && (writes || !flight.old)) events.push_back({EventKind::arrives, i, 0});
    for (int end = 0; end <= last_end; ++end) {
      const auto which = static_cast<End>(end);
      const bool answered = which == End::honest || which == End::untagged;
      if (answered && !flight.reply) continue;
      // What has an effect is lost, fails or is answered; the others say that it has none.
      const bool keeps = answered || which == End::lost || which == End::failed_500;
      if (flight.reply && !keeps) continue;
      if (!writes && (which == End::reused_422 || which == End::conflict_409)) continue;
      if (flight.old && !answered && which != End::lost) continue;  // changes nothing
      events.push_back({EventKind::replies, i, end});
    }
  }
}

void add_words(const World& world, std::vector<Event>& events) {
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const Row& row = world.rows[static_cast<std::size_t>(i)];
    const State state = row.due.submission.state;
    if (is_final(state)) continue;
    if (head_of(world, row.record) != i) continue;
    if (i == 0) events.push_back({EventKind::withdraws, i, 0});
    if (state == State::rejected) events.push_back({EventKind::retries, i, 0});
    if (state != State::conflicted) continue;
    events.push_back({EventKind::resolves, i, 0});
    events.push_back({EventKind::resolves, i, 1});
  }
}

void add_strangers(const World& world, std::vector<Event>& events) {
  if (world.edits < 2) {
    events.push_back({EventKind::edits, record_a, static_cast<int>(Foreign::other_member)});
    events.push_back({EventKind::edits, record_a, static_cast<int>(Foreign::same_member)});
    events.push_back({EventKind::edits, record_b, static_cast<int>(Foreign::same_member)});
    if (world.server[record_a].document) {
      events.push_back({EventKind::edits, record_a, static_cast<int>(Foreign::removes)});
    }
  }
  if (!world.forgot && !world.answered.empty()) events.push_back({EventKind::forgets, 0, 0});
}

void end_flight(World& world, const Event& event, const Play& play) {
  const auto at = static_cast<std::size_t>(event.at);
  const Flight flight = world.flights[at];
  world.flights.erase(world.flights.begin() + event.at);
  receive(world, flight, reply_of(flight, static_cast<End>(event.end)), play.profile);
}

}  // namespace

std::string text_of(const Event& event) {
  static constexpr const char* kinds[] = {"submits",    "sends",   "arrives", "replies",
                                          "takes over", "edits",   "forgets", "withdraws",
                                          "resolves",   "retries", "waits"};
  return std::string(kinds[static_cast<int>(event.kind)]) + ' ' + std::to_string(event.at) + '/' +
         std::to_string(event.end);
}

std::vector<Event> events_of(const World& world, const Play& play) {
  std::vector<Event> events;
  if (world.rows.size() < 3) events.push_back({EventKind::submits, 0, 0});
  for (const int row : sendable(world, play.profile)) events.push_back({EventKind::sends, row, 0});
  add_replies(world, events);
  if (world.epoch < 3) events.push_back({EventKind::take_over, 0, 0});
  add_strangers(world, events);
  add_words(world, events);
  if (next_look(world, play.profile)) events.push_back({EventKind::waits, 0, 0});
  return events;
}

void apply(World& world, const Event& event, const Play& play) {
  switch (event.kind) {
    case EventKind::submits:
      submit(world, play.scenario);
      return look(world, world.rows.back().record);
    case EventKind::sends:
      return send(world, event.at, play.profile);
    case EventKind::arrives: {
      Flight& flight = world.flights[static_cast<std::size_t>(event.at)];
      flight.reply = answer(world, flight);
      return;
    }
    case EventKind::replies:
      return end_flight(world, event, play);
    case EventKind::take_over:
      return take_over(world);
    case EventKind::edits:
      return edit(world, static_cast<RecordName>(event.at), static_cast<Foreign>(event.end));
    case EventKind::forgets:
      world.answered.clear();
      world.forgot = true;
      return;
    case EventKind::withdraws:
      return withdraw(world, event.at);
    case EventKind::resolves:
      resolve(world, event.at, event.end == 1);
      return look(world, world.rows.back().record);
    case EventKind::retries:
      return retry(world, event.at);
    case EventKind::waits:
      world.now = std::max(world.now, next_look(world, play.profile).value_or(world.now));
      return;
  }
}

std::string stuck(World world, const Play& play) {
  for (int i = 0; i < 60; ++i) {
    std::erase_if(world.flights, [](const Flight& flight) { return flight.old; });
    const auto may_go = sendable(world, play.profile);
    if (!world.flights.empty()) {
      if (!world.flights[0].reply) apply(world, {EventKind::arrives, 0, 0}, play);
      apply(world, {EventKind::replies, 0, static_cast<int>(End::honest)}, play);
    } else if (!may_go.empty()) {
      apply(world, {EventKind::sends, may_go.front(), 0}, play);
    } else if (next_look(world, play.profile)) {
      apply(world, {EventKind::waits, 0, 0}, play);
    } else {
      break;
    }
    if (!world.broken.empty()) return "after healing: " + world.broken;
  }
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const State state = world.rows[static_cast<std::size_t>(i)].due.submission.state;
    const bool waits =
        state == State::pending || state == State::unconfirmed || state == State::sending;
    const int head = head_of(world, world.rows[static_cast<std::size_t>(i)].record);
    if (waits && head == i) return "a form stays " + std::string(name(state));
  }
  return {};
}

}  // namespace lodge::test
