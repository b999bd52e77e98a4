#include "queue/exhaustive/world.hpp"

namespace lodge::test {
namespace {

constexpr const char* at_first = R"({"kept":1})";
constexpr const char* changed = R"({"kept":1,"ours":1})";
constexpr const char* changed_again = R"({"kept":1,"ours":1,"then":1})";
constexpr const char* created = R"({"ours":1})";

Row form_of(const World& world, RecordName record, Operation operation) {
  Row row;
  row.record = record;
  row.place = static_cast<int>(world.rows.size());
  row.due = a_due(operation);
  row.due.submission.number = row.place + 1;
  row.due.submission.record =
      record == record_a ? RecordId{"availability", "ada"} : RecordId{"absences", "ada"};
  row.due.stream = record + 1;
  row.due.due_at = world.now;
  return row;
}

// Bytes of what decides, and of nothing else.
struct Signature {
  std::string bytes{};

  void add(std::int64_t number) {
    const auto part = static_cast<std::uint64_t>(number);
    const int width = part < 0x80 ? 1 : part < 0x4000 ? 3 : 8;
    bytes += static_cast<char>(width);
    for (int i = 0; i < width; ++i) bytes += static_cast<char>((part >> (8 * i)) & 0xFF);
  }
  void add(const std::string& text) {
    add(static_cast<std::int64_t>(text.size()));
    bytes += text;
  }
  void add(const std::optional<std::string>& text) { add(text ? *text : std::string("-")); }
  void add(const std::optional<Version>& version) { add(version ? version->tag : ""); }
  void add_wait(Time time, Time now) { add(time > now ? (time - now).count() : 0); }

  void add(const storage::Due& due, Time now) {
    const Submission& it = due.submission;
    add(static_cast<int>(it.state));
    add((due.in_doubt ? 1 : 0) + (due.accepted ? 2 : 0) + (due.step == Step::check ? 4 : 0));
    add(it.tries);
    add(it.problem_status);
    add(due.rounds);
    add(it.base_version);
    add(due.request ? due.request->number : 0);
    if (due.request) add(due.request->tag);
    add_wait(due.due_at, now);
  }
};

}  // namespace

World begin(const Scenario& scenario) {
  World world;
  world.server[record_a] = {.document = nlohmann::json::parse(at_first), .version = 1};
  world.known[record_a] = {
      .presence = Presence::present, .version = Version{"\"v1\""}, .text = at_first};
  for (int i = 0; i < scenario.failed; ++i) {
    world.failures.records.push_back({"availability", "other" + std::to_string(i)});
  }
  for (int i = 0; i < scenario.submitted; ++i) submit(world, scenario);
  return world;
}

void submit(World& world, const Scenario& scenario) {
  const std::size_t which = world.rows.size();
  if (which == 0) {
    Row first = form_of(world, record_a, Operation::put);
    write_on(first.due, "\"v1\"");
    first.texts = {.ours = changed, .base = at_first, .server = {}, .sent = {}};
    world.rows.push_back(std::move(first));
  } else if (which == 1) {
    const auto operation = scenario.follower_removes ? Operation::remove : Operation::put;
    Row second = form_of(world, record_a, operation);
    write_after(second.due);
    second.texts.base = changed;
    if (operation == Operation::put) second.texts.ours = changed_again;
    world.rows.push_back(std::move(second));
  } else {
    Row other = form_of(world, record_b, Operation::put);
    other.due.submission.base = BaseKind::absent;
    other.texts.ours = created;
    world.rows.push_back(std::move(other));
  }
}

std::string signature(const World& world) {
  Signature all;
  for (const Row& row : world.rows) {
    all.add(row.due, world.now);
    all.add(row.texts.sent);
    all.add(row.texts.base);
    all.add((row.open ? 1 : 0) + (row.shown ? 2 : 0) + 4 * row.effects + 64 * row.lost);
  }
  for (const Known& known : world.known) {
    all.add(static_cast<int>(known.presence));
    all.add(known.version);
    all.add(known.text);
  }
  for (const storage::Gate& gate : world.gates) {
    all.add(static_cast<int>(gate.scope) * 16 + static_cast<int>(gate.reason));
    all.add(gate.name);
    all.add(gate.tries);
    all.add_wait(gate.until.value_or(world.now), world.now);
  }
  for (const queue::Refusals& refusals : world.refusals) {
    all.add(refusals.in_a_row * 1000 + refusals.status);
    for (const RecordId& record : refusals.held) all.add(record.key);
  }
  for (const RecordId& record : world.failures.records) all.add(record.key);
  for (const RecordId& record : world.failures.held) all.add(record.key);
  for (const RecordId& record : world.failures.busy) all.add(record.key);
  for (const Flight& flight : world.flights) {
    all.add(flight.row * 4 + (flight.old ? 2 : 0) + static_cast<int>(flight.step));
    all.add(flight.due, world.now);
    all.add(flight.texts.sent);
    all.add(flight.texts.server);
    all.add(flight.request.body);
    all.add(flight.reply ? flight.reply->status : 0);
    if (flight.reply) all.add(flight.reply->body);
  }
  for (const Held& held : world.server) {
    all.add(held.document ? held.document->dump() : std::string("-"));
    all.add(held.version);
  }
  for (const auto& [key, known] : world.answered) {
    all.add(key);
    all.add(known.second.status);
  }
  all.add(world.epoch * 100 + world.edits * 2 + (world.forgot ? 1 : 0));
  return std::move(all.bytes);
}

}  // namespace lodge::test
