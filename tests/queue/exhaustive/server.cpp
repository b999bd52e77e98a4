#include "queue/exhaustive/server.hpp"

namespace lodge::test {
namespace {

using nlohmann::json;

json member_of(const std::optional<json>& document, const std::string& name) {
  return document && document->contains(name) ? document->at(name) : json();
}

std::optional<json> parsed(const std::optional<std::string>& text) {
  return text ? std::optional(json::parse(*text)) : std::nullopt;
}

// Nobody's change is overwritten by a form that was not written on it.
bool overwrites(const Row& row, const std::optional<json>& before, const json& after) {
  const auto base = parsed(row.texts.base);
  const auto ours = parsed(row.texts.ours);
  json names = before.value_or(json::object());
  names.update(after);
  for (const auto& [name, value] : names.items()) {
    const json was = member_of(before, name);
    const json is = member_of(after, name);
    if (was == is) continue;
    const bool edited = member_of(ours, name) != member_of(base, name);
    if (!edited || is != member_of(ours, name) || was != member_of(base, name)) return true;
  }
  return false;
}

// What the form changes is there, whatever else is.
bool says(const Row& row, const std::optional<json>& document) {
  if (row.due.submission.operation == Operation::remove) return !document;
  if (!document) return false;
  const auto base = parsed(row.texts.base);
  const auto ours = parsed(row.texts.ours);
  for (const auto& [name, value] : ours->items()) {
    if (member_of(base, name) != value && member_of(document, name) != value) return false;
  }
  return true;
}

// An earlier form of the record that had its turn is never overtaken.
bool is_out_of_turn(const World& world, const Row& row) {
  for (const Row& other : world.rows) {
    if (other.record != row.record) continue;
    if (other.place < row.place && !is_final(other.due.submission.state)) return true;
    if (other.place > row.place && other.effects > 0) return true;
  }
  return false;
}

void take_effect(World& world, Row& row, const Request& request) {
  Held& held = world.server[row.record];
  std::optional<json> after;
  if (request.method == Method::put) after = json::parse(request.body);
  if (row.due.submission.operation == Operation::put && overwrites(row, held.document, *after)) {
    world.broken = "somebody's change was overwritten";
  }
  // Undone by somebody before its proof came, it looks as if it had never arrived: merged anew.
  const bool undone = world.edits > 0 && !says(row, held.document);
  if (is_out_of_turn(world, row)) world.broken = "a form overtook an earlier one of its record";
  held.document = after;
  ++held.version;
  if (++row.effects > 1 && !undone) {
    world.broken = "one form took effect twice";
  }
  look(world, row.record);
}

bool holds(const Held& held, const Request& request) {
  if (const auto match = header(request.headers, "If-Match")) {
    return held.document && *match == held.tag();
  }
  return !header(request.headers, "If-None-Match") || !held.document;
}

Reply write(World& world, Row& row, const Request& request) {
  const Held& held = world.server[row.record];
  if (request.method == Method::del && !held.document) return a_reply(404);
  if (!holds(held, request)) return a_reply(412);
  take_effect(world, row, request);
  if (request.method == Method::del) return a_reply(204);
  return a_reply(201, "", {{"ETag", held.tag()}});
}

}  // namespace

void look(World& world, RecordName record) {
  for (Row& row : world.rows) {
    if (row.record != record || row.shown) continue;
    row.shown = says(row, world.server[record].document);
  }
}

Reply answer(World& world, const Flight& flight) {
  Row& row = world.rows[static_cast<std::size_t>(flight.row)];
  const Held& held = world.server[row.record];
  const Request& request = flight.request;
  if (request.method == Method::get) {
    return held.document ? a_document(held.document->dump(), held.tag()) : a_reply(404);
  }
  const std::string key(header(request.headers, "Idempotency-Key").value_or(""));
  const std::string bytes =
      request.url + request.body + std::string(header(request.headers, "If-Match").value_or("*"));
  const auto known = world.answered.find(key);
  if (known != world.answered.end()) {
    if (known->second.first == bytes) return known->second.second;
    return a_reply(422);
  }
  Reply reply = write(world, row, request);
  world.answered[key] = {bytes, reply};
  return reply;
}

void edit(World& world, RecordName record, Foreign what) {
  Held& held = world.server[record];
  ++held.version;
  ++world.edits;
  if (what == Foreign::removes) {
    held.document.reset();
  } else {
    if (!held.document) held.document = json::object();
    (*held.document)[what == Foreign::same_member ? "ours" : "other"] = 70 + held.version;
  }
  look(world, record);
}

Reply without_tag(Reply reply) {
  std::erase_if(reply.headers, [](const Header& field) { return field.name == "ETag"; });
  return reply;
}

}  // namespace lodge::test
