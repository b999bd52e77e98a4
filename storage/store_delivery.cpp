#include <algorithm>

#include "storage/history/history_log.hpp"
#include "storage/schema/meta.hpp"
#include "storage/store_impl.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/gates.hpp"
#include "storage/tables/outbox.hpp"
#include "storage/units/filing.hpp"
#include "storage/units/learning.hpp"
#include "storage/units/settling.hpp"
#include "storage/units/words.hpp"

namespace lodge::storage {
namespace {

constexpr std::string_view endpoint_name = "endpoint";

// What was sent to the old address is not repeated at the new one before it was looked for there.
constexpr const char* check_first =
    "UPDATE submissions INDEXED BY submissions_unsettled SET step = 'check', accepted = 0, "
    "problem_status = 0 WHERE settled_at IS NULL AND (request > 0 OR doubt = 1 OR base = "
    "'version')";

}  // namespace

std::int64_t Store::begin_epoch(const Act& act) {
  return impl_->write([&](Database& database) {
    const std::int64_t epoch = read_count(database, epoch_fact) + 1;
    write_fact(database, epoch_fact, std::to_string(epoch));
    interrupt_all(database, act);
    return epoch;
  });
}

std::vector<Due> Store::due(std::span<const std::int64_t> streams, Time now, Duration horizon,
                            int limit) {
  return impl_->read([&](Database& database) {
    std::vector<Due> due;
    for (const std::int64_t stream : streams) {
      auto of_stream = due_in(database, stream, now, now + horizon, limit);
      std::ranges::move(of_stream, std::back_inserter(due));
    }
    return due;
  });
}

std::optional<Time> Store::next_due(std::span<const std::int64_t> streams) {
  return impl_->read([&](Database& database) {
    std::optional<Time> next;
    for (const std::int64_t stream : streams) {
      const auto first = first_due_in(database, stream);
      if (first && (!next || *first < *next)) next = first;
    }
    return next;
  });
}

std::vector<Claimed> Store::claim(std::span<const Claim> claims, std::int64_t epoch, Time now) {
  return exchange({}, {}, claims, epoch, {.at = now}).claimed;
}

std::vector<Stored> Store::settle(std::span<const Settled> all, std::span<const GateChange> gates,
                                  const Act& act) {
  return exchange(all, gates, {}, 0, act).stored;
}

Exchanged Store::exchange(std::span<const Settled> all, std::span<const GateChange> gates,
                          std::span<const Claim> claims, std::int64_t epoch, const Act& act) {
  Exchanged done = impl_->write([&](Database& database) {
    Exchanged result;
    result.stored.reserve(all.size());
    for (const Settled& settled : all) {
      result.stored.push_back(settle_one(database, settled, act));
    }
    for (const GateChange& change : gates) change_gate(database, change);
    result.claimed.resize(claims.size());
    // A flusher that was stopped while another took over opens nothing any more.
    if (claims.empty() || epoch != read_count(database, epoch_fact)) return result;
    for (std::size_t i = 0; i < claims.size(); ++i) {
      result.claimed[i] = claim_one(database, claims[i], epoch, act.at);
    }
    return result;
  });
  if (!gates.empty()) ++impl_->gate_changes;
  return done;
}

Learned Store::learn(const RecordId& id, const RecordLearned& learned,
                     const KnownRecord& asked_with, const Act& act) {
  return impl_->write([&](Database& database) -> Learned {
    const RecordRow record = find_or_add_record(database, id);
    if (!is_as_known(record, asked_with.record, asked_with.content)) return {};
    LearnedState state = learn_state(database, record.number, learned, nullptr, act.at);
    if (state.changed()) {
      append_entry(database, {.at = act.at,
                              .who = act.who,
                              .action = "record learned",
                              .why = act.why,
                              .record = record.number,
                              .version = state.now.record.version,
                              .before = state.before.content,
                              .after = state.now.content});
    }
    return {.taken = true, .stale_drafts = std::move(state.stale_drafts)};
  });
}

void Store::park_damaged(const SubmissionId& id, const Act& act) {
  impl_->write([&](Database& database) {
    SubmissionRow row = required_submission(database, id);
    if (!may_go(row.submission.state)) {
      throw Error(Errc::wrong_state,
                  "Submission " + id.text() + " is " + std::string(name(row.submission.state)) +
                      "; only what waits to be sent is parked as damaged. Please report "
                      "this.");
    }
    row.submission.state = State::rejected;
    row.submission.problem = act.why.empty() ? "Its text was damaged on this machine." : act.why;
    row.submission.problem_status = 0;
    row.ready = false;
    update_submission(database, row);
    log_state(database, row, "damaged", row.submission.problem, act);
  });
}

void Store::adopt_endpoint(const std::string& endpoint, const Act& act) {
  impl_->write([&](Database& database) {
    write_fact(database, endpoint_name, endpoint);
    forget_versions(database);
    database.use(check_first)->run();
    append_entry(database, {.at = act.at,
                            .who = act.who,
                            .action = "endpoint adopted",
                            .why = act.why.empty() ? endpoint : endpoint + ": " + act.why});
  });
}

}  // namespace lodge::storage
