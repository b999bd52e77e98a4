#include "storage/tables/gates.hpp"

#include <utility>

#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_all =
    "SELECT scope, name, reason, words, since, until, tries FROM gates ORDER BY scope, name, "
    "reason";
constexpr const char* select_one =
    "SELECT 1 FROM gates WHERE scope = ?1 AND name = ?2 AND reason = ?3";
constexpr const char* upsert =
    "INSERT INTO gates (scope, name, reason, words, since, until, tries) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (scope, name, reason) DO UPDATE SET "
    "words = excluded.words, since = excluded.since, until = excluded.until, tries = "
    "excluded.tries";
constexpr const char* remove_one =
    "DELETE FROM gates WHERE scope = ?1 AND name = ?2 AND reason = ?3";

bool is_closed(Database& database, const Gate& gate) {
  auto found = database.use(select_one);
  found->bind(1, name(gate.scope)).bind(2, gate.name).bind(3, name(gate.reason));
  return found->step();
}

void close(Database& database, const Gate& gate) {
  auto insert = database.use(upsert);
  insert->bind(1, name(gate.scope))
      .bind(2, gate.name)
      .bind(3, name(gate.reason))
      .bind(4, gate.words)
      .bind(5, millis(gate.since));
  bind_time(*insert, 6, gate.until).bind(7, gate.tries).run();
}

void open(Database& database, const Gate& gate) {
  database.use(remove_one)
      ->bind(1, name(gate.scope))
      .bind(2, gate.name)
      .bind(3, name(gate.reason))
      .run();
}

}  // namespace

std::vector<Gate> read_gates(Database& database) {
  std::vector<Gate> gates;
  auto rows = database.use(select_all);
  while (rows->step()) {
    gates.push_back({.scope = known(parse_gate_scope(rows->text(0)), rows->text(0)),
                     .name = string_column(*rows, 1),
                     .reason = known(parse_gate_reason(rows->text(2)), rows->text(2)),
                     .words = string_column(*rows, 3),
                     .since = time_of(rows->integer(4)),
                     .until = time_column(*rows, 5),
                     .tries = int_column(*rows, 6)});
  }
  return gates;
}

std::vector<GateChange> each_of(Database& database, const GateChange& change) {
  const bool ends_all = change.open && change.gate.reason == GateReason::paused &&
                        change.gate.scope == GateScope::all;
  if (!ends_all) return {change};
  std::vector<GateChange> changes;
  for (Gate& gate : read_gates(database)) {
    if (gate.reason == GateReason::paused) {
      changes.push_back({.gate = std::move(gate), .open = true});
    }
  }
  return changes;
}

bool change_gate(Database& database, const GateChange& change) {
  const bool was_closed = is_closed(database, change.gate);
  if (change.open) {
    open(database, change.gate);
  } else {
    close(database, change.gate);
  }
  return was_closed == change.open;
}

void open_refused(Database& database, std::string_view collection) {
  open(database, {.scope = GateScope::collection,
                  .name = std::string(collection),
                  .reason = GateReason::refused});
}

}  // namespace lodge::storage
