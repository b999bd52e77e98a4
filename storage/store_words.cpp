#include "storage/history/history_log.hpp"
#include "storage/schema/meta.hpp"
#include "storage/store_impl.hpp"
#include "storage/tables/gates.hpp"
#include "storage/tables/submissions.hpp"
#include "storage/units/words.hpp"

namespace lodge::storage {
namespace {

/// People pause and resume; what the wire teaches comes and goes without an entry.
void log_pause(Database& database, const GateChange& change, const Act& act) {
  std::string what(name(change.gate.scope));
  if (!change.gate.name.empty()) what += " " + change.gate.name;
  if (!act.why.empty()) what += ": " + act.why;
  append_entry(
      database,
      {.at = act.at, .who = act.who, .action = change.open ? "resumed" : "paused", .why = what});
}

void hasten(Database& database, std::int64_t stream, Time now) {
  auto update = database.use(
      "UPDATE submissions INDEXED BY submissions_due SET due_at = ?2 "
      "WHERE stream = ?1 AND ready = 1 AND due_at > ?2");
  update->bind(1, stream).bind(2, now.time_since_epoch().count());
  update->run();
}

}  // namespace

std::vector<Submission> Store::withdraw(const SubmissionId& id, bool with_followers,
                                        bool accept_maybe, const Act& act) {
  return impl_->write([&](Database& database) {
    return storage::withdraw(database, id, with_followers, accept_maybe, act);
  });
}

std::int64_t Store::retry(const SubmissionFilter& filter, const Act& act) {
  return impl_->write([&](Database& database) { return storage::retry(database, filter, act); });
}

std::optional<Submission> Store::resolve(const SubmissionId& id, Resolution::Kind kind,
                                         const std::string& bytes,
                                         const std::optional<Version>& expected,
                                         SubmissionId fresh_id, const Act& act) {
  const Decision decision{
      .submission = id, .kind = kind, .bytes = bytes, .expected = expected, .fresh_id = fresh_id};
  return impl_->write([&](Database& database) {
    return storage::resolve(database, impl_->options, decision, act);
  });
}

void Store::change_gates(std::span<const GateChange> changes, const Act& act,
                         std::span<const std::int64_t> hastened) {
  impl_->write([&](Database& database) {
    for (const GateChange& given : changes) {
      for (const GateChange& change : each_of(database, given)) {
        const bool changed = change_gate(database, change);
        if (changed && change.gate.reason == GateReason::paused) log_pause(database, change, act);
      }
    }
    for (const std::int64_t stream : hastened) hasten(database, stream, act.at);
  });
  ++impl_->gate_changes;
}

void Store::set_fact(const std::string& name, const std::string& value, const Act& act) {
  if (is_own_fact(name)) {
    throw Error(Errc::invalid_argument, "The store keeps '" + name + "' itself. Use another name.");
  }
  impl_->write([&](Database& database) {
    if (read_fact(database, name) == value) return;
    write_fact(database, name, value);
    append_entry(database,
                 {.at = act.at, .who = act.who, .action = "setting changed", .why = name});
  });
}

}  // namespace lodge::storage
