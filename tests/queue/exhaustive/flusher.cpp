#include "queue/exhaustive/flusher.hpp"

#include <algorithm>
#include <variant>

#include "queue/exhaustive/rows.hpp"
#include "queue/exhaustive/server.hpp"

namespace lodge::test {
namespace {

constexpr double chance = 0.5;

std::vector<storage::Stream> streams_of(const World& world) {
  std::vector<storage::Stream> streams(2);
  for (const Row& row : world.rows) {
    storage::Stream& stream = streams[row.record];
    stream.number = row.due.stream;
    stream.collection = row.due.submission.record.collection;
    stream.identity = row.due.submission.identity;
    stream.lane = row.due.submission.lane;
    ++stream.counts[static_cast<int>(row.due.submission.state)];
  }
  return streams;
}

queue::Plan plan_of(const World& world, const queue::Profile& profile) {
  const auto streams = streams_of(world);
  return queue::plan({.streams = streams, .gates = world.gates, .network = {}, .now = world.now},
                     profile);
}

bool contains(const std::vector<std::int64_t>& numbers, std::int64_t number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

// As the store hands it out: with the record as it is known now.
storage::Due due_of(const World& world, int row) {
  const Row& it = world.rows[static_cast<std::size_t>(row)];
  storage::Due due = it.due;
  const Known& known = world.known[it.record];
  due.record.presence = known.presence;
  due.record.version = known.version;
  due.record_content = known.text ? 6 : 0;
  return due;
}

queue::Circumstances circumstances(World& world, const Flight& flight,
                                   const queue::Profile& profile) {
  const Row& row = world.rows[static_cast<std::size_t>(flight.row)];
  RequestKey fresh;
  fresh.bytes[0] = 77;  // the rows name keys after what opens them
  return {profile, world.gates, world.refusals[row.record], world.failures, world.now,
          chance, fresh};
}

void note_key(World& world, const Request& request) {
  const std::string key(header(request.headers, "Idempotency-Key").value_or(""));
  const std::string bytes = std::string(name(request.method)) + request.url + request.body +
                            std::string(header(request.headers, "If-Match").value_or("*"));
  if (world.bytes_of_key.try_emplace(key, bytes).first->second != bytes) {
    world.broken = "one key went with two bodies";
  }
}

}  // namespace

std::vector<int> sendable(const World& world, const queue::Profile& profile) {
  std::vector<int> rows;
  const queue::Plan plan = plan_of(world, profile);
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const Row& row = world.rows[static_cast<std::size_t>(i)];
    if (!is_ready(world, i) || row.due.due_at > world.now) continue;
    const bool probes = contains(plan.probes, row.due.stream) && world.flights.empty();
    if (probes || contains(plan.streams, row.due.stream)) rows.push_back(i);
  }
  return rows;
}

std::optional<Time> next_look(const World& world, const queue::Profile& profile) {
  const queue::Plan plan = plan_of(world, profile);
  std::optional<Time> next = plan.look_again;
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const Row& row = world.rows[static_cast<std::size_t>(i)];
    const bool planned =
        contains(plan.streams, row.due.stream) || contains(plan.probes, row.due.stream);
    if (!planned || !is_ready(world, i) || row.due.due_at <= world.now) continue;
    next = next ? std::min(*next, row.due.due_at) : row.due.due_at;
  }
  return next;
}

void send(World& world, int row, const queue::Profile& profile) {
  Row& it = world.rows[static_cast<std::size_t>(row)];
  Flight flight;
  flight.row = row;
  flight.due = due_of(world, row);
  flight.texts = it.texts;
  flight.texts.server = world.known[it.record].text;
  RequestKey fresh;
  const auto composed = queue::compose(flight.due, flight.texts, profile, fresh);
  std::optional<storage::NewRequest> opened;
  if (const auto* open = std::get_if<queue::Open>(&composed)) opened = open->request;
  if (!claim(world, row, opened)) {
    world.broken = "the plan let a form go that is not ready";
    return;
  }
  flight.due.request = it.due.request;
  flight.texts.sent = it.texts.sent;
  flight.attempt = world.attempts;
  if (std::holds_alternative<queue::Check>(composed)) {
    flight.step = Step::check;
    flight.request = queue::check_request(flight.due, profile);
  } else {
    const std::string body = flight.texts.sent.value_or(flight.texts.ours.value_or(""));
    flight.request = queue::wire_request(flight.due, *flight.due.request, body, profile);
    note_key(world, flight.request);
  }
  world.flights.push_back(std::move(flight));
}

Reply reply_of(const Flight& flight, End end) {
  Reply nothing;
  nothing.error = TransportError::timeout;
  nothing.departures = 1;
  switch (end) {
    case End::honest:
      return *flight.reply;
    case End::untagged:
      return without_tag(*flight.reply);
    case End::never_left:
      nothing.error = TransportError::connect;
      nothing.departures = 0;
      return nothing;
    case End::lost:
      return nothing;
    case End::conflict_409:
      return a_reply(409);
    case End::failed_500:
      return a_reply(500);
    case End::busy_503:
      return a_reply(503, "", {{"Retry-After", "30"}});
    case End::reused_422:
      return a_reply(422, R"({"type":"https://example.org/problems/idempotency-key-reused"})",
                     {{"Content-Type", "application/problem+json"}});
    case End::portal:
      return unverified(a_page(200));
    case End::refused_400:
      return a_reply(400);
    case End::wants_401:
      return a_reply(401);
  }
  return nothing;
}

void receive(World& world, const Flight& flight, const Reply& reply,
             const queue::Profile& profile) {
  const auto the = circumstances(world, flight, profile);
  if (flight.step == Step::send) {
    const auto meaning = queue::classify(flight.request, flight.due.request->precondition, reply,
                                         flight.due.in_doubt, profile, world.now);
    return settle(world, flight.row, flight,
                  queue::settle_send(flight.due, flight.attempt, meaning, the));
  }
  const auto meaning = queue::classify_check(flight.request, reply, profile, world.now);
  settle(world, flight.row, flight,
         queue::settle_check(flight.due, flight.attempt, flight.texts, meaning, reply, the));
}

}  // namespace lodge::test
