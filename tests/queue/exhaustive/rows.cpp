#include "queue/exhaustive/rows.hpp"

#include <algorithm>

namespace lodge::test {
namespace {

using storage::Due;
using storage::RecordLearned;
using storage::Settled;

bool may_go(State state) { return state == State::pending || state == State::unconfirmed; }

RequestKey key_for(const World& world, int row) {
  const auto& request = world.rows[static_cast<std::size_t>(row)].due.request;
  RequestKey key;
  key.bytes[0] = static_cast<std::uint8_t>(row + 1);
  key.bytes[15] = static_cast<std::uint8_t>(request ? request->number : 0);
  return key;
}

void open_request(World& world, Row& row, const storage::NewRequest& opened) {
  storage::StoredRequest request;
  request.number = row.due.request ? row.due.request->number + 1 : 1;
  const auto index = static_cast<int>(&row - world.rows.data());
  request.key = key_for(world, index);
  request.url = opened.url;
  request.precondition = opened.precondition;
  request.tag = opened.tag;
  request.body = opened.merged_body ? 99 : row.due.content;
  row.due.request = request;
  row.texts.sent = opened.merged_body;
}

void learn(World& world, const Row& row, const RecordLearned& learned) {
  Known& known = world.known[row.record];
  const auto before = known;
  known = {.presence = learned.presence, .version = {}, .text = {}};
  if (learned.presence != Presence::present) return;
  known.version = learned.version;
  switch (learned.text) {
    case RecordLearned::Text::given:
      known.text = learned.bytes;
      return;
    case RecordLearned::Text::of_submission:
      known.text = row.texts.ours;
      return;
    case RecordLearned::Text::of_request:
      known.text = row.texts.sent ? row.texts.sent : row.texts.ours;
      return;
    case RecordLearned::Text::none:
      if (learned.version && learned.version == before.version) known.text = before.text;
  }
}

bool may_become(State from, State to) {
  if (from == to) return true;
  if (is_final(from)) return false;
  switch (from) {
    case State::rejected:
    case State::conflicted:
      return false;  // by a word only
    default:
      return to != State::replaced && to != State::sending;
  }
}

void become(World& world, Row& row, const Settled& settled) {
  if (!may_become(row.due.submission.state, settled.state)) {
    world.broken = "a submission went from " + std::string(name(row.due.submission.state)) +
                   " to " + std::string(name(settled.state));
  }
  if (settled.record) learn(world, row, *settled.record);
  Due& due = row.due;
  due.submission.state = settled.state;
  due.submission.tries = settled.tries;
  due.submission.problem = settled.problem;
  due.submission.problem_status = settled.problem_status;
  due.in_doubt = settled.in_doubt;
  due.accepted = settled.accepted;
  due.step = settled.step;
  due.rounds = settled.rounds;
  due.due_at = settled.due_at;
  if (settled.request && !is_final(settled.state)) open_request(world, row, *settled.request);
  if (settled.state == State::delivered && row.effects == 0 && !row.shown) {
    world.broken = "delivered, and the server never had it";
  }
}

void settle_late(World& world, Row& row, const Flight& flight, const Settled& settled) {
  if (settled.state != State::delivered) return;
  if (settled.record) learn(world, row, *settled.record);
  Due& due = row.due;
  if (!may_go(due.submission.state) || row.open) return;
  if (flight.due.request && due.request && flight.due.request->number == due.request->number) {
    due.submission.state = State::delivered;
    due.in_doubt = due.accepted = false;
  } else {
    due.submission.state = State::unconfirmed;
    due.in_doubt = true;
    due.step = Step::check;
    due.due_at = world.now;
  }
}

}  // namespace

int head_of(const World& world, RecordName record) {
  int head = -1;
  for (int i = 0; i < static_cast<int>(world.rows.size()); ++i) {
    const Row& row = world.rows[static_cast<std::size_t>(i)];
    if (row.record != record || is_final(row.due.submission.state)) continue;
    if (head < 0 || row.place < world.rows[static_cast<std::size_t>(head)].place) head = i;
  }
  return head;
}

bool has_open_attempt(const World& world, RecordName record) {
  return std::ranges::any_of(world.rows,
                             [&](const Row& row) { return row.record == record && row.open; });
}

bool is_ready(const World& world, int row) {
  const Row& it = world.rows[static_cast<std::size_t>(row)];
  return may_go(it.due.submission.state) && head_of(world, it.record) == row &&
         !has_open_attempt(world, it.record);
}

bool claim(World& world, int row, const std::optional<storage::NewRequest>& request) {
  if (!is_ready(world, row)) return false;
  Row& it = world.rows[static_cast<std::size_t>(row)];
  if (request) open_request(world, it, *request);
  it.due.submission.state = State::sending;
  it.due.submission.tries += 1;
  it.open = true;
  ++world.attempts;
  return true;
}

void settle(World& world, int row, const Flight& flight, const queue::Settlement& settlement) {
  Row& it = world.rows[static_cast<std::size_t>(row)];
  const Settled& settled = settlement.settled;
  if (flight.old || it.due.submission.state != State::sending) {
    if (!flight.old) it.open = false;
    settle_late(world, it, flight, settled);
  } else {
    it.open = false;
    it.lost = 0;
    become(world, it, settled);
  }
  for (const storage::GateChange& change : settlement.gates) {
    std::erase_if(world.gates, [&](const storage::Gate& gate) {
      return gate.scope == change.gate.scope && gate.name == change.gate.name &&
             gate.reason == change.gate.reason;
    });
    if (!change.open) world.gates.push_back(change.gate);
  }
}

void take_over(World& world) {
  ++world.epoch;
  world.refusals = {};
  world.failures = {};
  for (Flight& flight : world.flights) flight.old = true;
  for (Row& row : world.rows) {
    if (!row.open) continue;
    row.open = false;
    row.due.due_at = world.now + (++row.lost >= 3 ? 15min : 0min);
    if (row.due.submission.state != State::sending) continue;
    row.due.submission.state = State::unconfirmed;
    row.due.in_doubt = true;
  }
}

void withdraw(World& world, int row) {
  Row& it = world.rows[static_cast<std::size_t>(row)];
  if (it.due.in_doubt || it.due.submission.state == State::sending) world.known[it.record] = {};
  it.due.submission.state = State::withdrawn;
}

void resolve(World& world, int row, bool theirs) {
  if (theirs) {
    world.rows[static_cast<std::size_t>(row)].due.submission.state = State::withdrawn;
    return;
  }
  world.rows.push_back(world.rows[static_cast<std::size_t>(row)]);
  world.rows[static_cast<std::size_t>(row)].due.submission.state = State::replaced;
  Row& fresh = world.rows.back();
  const Known& known = world.known[fresh.record];
  Due due = a_due(fresh.due.submission.operation);
  due.submission.number = static_cast<std::int64_t>(world.rows.size());
  due.submission.record = fresh.due.submission.record;
  due.submission.base = known.version                        ? BaseKind::version
                        : known.presence == Presence::absent ? BaseKind::absent
                                                             : BaseKind::unknown;
  due.submission.base_version = known.version;
  due.base_content = known.text ? 3 : 0;
  due.due_at = world.now;
  due.stream = fresh.due.stream;
  fresh.due = due;
  fresh.texts = {.ours = fresh.texts.ours, .base = known.text, .server = {}, .sent = {}};
  fresh.lost = fresh.effects = 0;
  fresh.open = fresh.shown = false;
}

void retry(World& world, int row) {
  Due& due = world.rows[static_cast<std::size_t>(row)].due;
  due.submission.state = due.in_doubt ? State::unconfirmed : State::pending;
  due.submission.tries = due.rounds = due.submission.problem_status = 0;
  due.due_at = world.now;
  std::erase_if(world.gates, [&](const storage::Gate& gate) {
    return gate.reason == storage::GateReason::refused &&
           gate.name == due.submission.record.collection;
  });
}

}  // namespace lodge::test
