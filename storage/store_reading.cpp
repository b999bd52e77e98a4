#include <nlohmann/json.hpp>

#include "storage/history/high_mark.hpp"
#include "storage/history/history_log.hpp"
#include "storage/history/history_verify.hpp"
#include "storage/history/mark_loss.hpp"
#include "storage/schema/meta.hpp"
#include "storage/store_impl.hpp"
#include "storage/tables/attempts.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/conflict_rows.hpp"
#include "storage/tables/contents.hpp"
#include "storage/tables/gates.hpp"
#include "storage/tables/invariants.hpp"
#include "storage/tables/outbox.hpp"
#include "storage/tables/receipts.hpp"
#include "storage/tables/records.hpp"
#include "storage/tables/streams.hpp"

namespace lodge::storage {
namespace {

/// Read in one snapshot: a long one would keep the log from being cut.
constexpr int verified_page = 1'000;

constexpr const char* select_history_end = "SELECT max(number) FROM history";

std::int64_t history_entries(Database& database) {
  auto found = database.use(select_history_end);
  return found->step() ? found->integer(0) : 0;
}

}  // namespace

std::optional<Submission> Store::submission(const SubmissionId& id) {
  return impl_->read([&](Database& database) -> std::optional<Submission> {
    auto row = find_submission(database, id);
    if (!row) return std::nullopt;
    return std::move(row->submission);
  });
}

std::optional<Due> Store::delivery_facts(const SubmissionId& id) {
  return impl_->read([&](Database& database) { return due_facts(database, id); });
}

std::vector<Submission> Store::outbox(const OutboxPage& page) {
  return impl_->read([&](Database& database) { return outbox_page(database, page); });
}

std::vector<Submission> Store::followers(const SubmissionId& id) {
  return impl_->read([&](Database& database) {
    std::vector<Submission> followers;
    const auto row = find_submission(database, id);
    if (!row) return followers;
    for (auto& later : unsettled_from(database, row->record, row->submission.place + 1)) {
      followers.push_back(std::move(later.submission));
    }
    return followers;
  });
}

std::optional<Submission> Store::ahead_of(const SubmissionId& id) {
  return impl_->read([&](Database& database) -> std::optional<Submission> {
    const auto row = find_submission(database, id);
    if (!row) return std::nullopt;
    auto ahead = next_before(database, row->record, row->submission.place);
    if (!ahead) return std::nullopt;
    return std::move(ahead->submission);
  });
}

std::vector<Attempt> Store::attempts(const SubmissionId& id) {
  return impl_->read([&](Database& database) { return attempts_of(database, id); });
}

std::optional<Receipt> Store::receipt(const SubmissionId& id) {
  return impl_->read([&](Database& database) { return receipt_of(database, id); });
}

std::vector<Conflict> Store::conflicts(const std::optional<RecordId>& record) {
  return impl_->read([&](Database& database) { return open_conflicts(database, record); });
}

std::optional<Record> Store::record(const RecordId& id) {
  return impl_->read([&](Database& database) -> std::optional<Record> {
    const auto row = find_record(database, id);
    if (!row) return std::nullopt;
    return row->record;
  });
}

ContentNumber Store::record_content(const RecordId& id) {
  return impl_->read([&](Database& database) {
    const auto row = find_record(database, id);
    return row ? row->content : ContentNumber{0};
  });
}

ContentNumber Store::submission_content(const SubmissionId& id) {
  return impl_->read([&](Database& database) {
    const auto row = find_submission(database, id);
    return row ? row->content : ContentNumber{0};
  });
}

ContentNumber Store::base_content(const SubmissionId& id) {
  return impl_->read([&](Database& database) {
    const auto row = find_submission(database, id);
    return row ? row->base_content : ContentNumber{0};
  });
}

std::string Store::content(ContentNumber number) {
  return impl_->read([&](Database& database) { return read_content(database, number); });
}

std::vector<std::optional<std::string>> Store::contents(std::span<const ContentNumber> numbers) {
  return impl_->read([&](Database& database) {
    std::vector<std::optional<std::string>> texts;
    texts.reserve(numbers.size());
    for (const ContentNumber number : numbers) texts.push_back(find_content(database, number));
    return texts;
  });
}

std::uint64_t Store::gate_changes() const { return impl_->gate_changes; }

bool Store::has_company() const { return impl_->queue.has_company(); }

std::vector<Gate> Store::gates() {
  return impl_->read([](Database& database) { return read_gates(database); });
}

std::vector<Stream> Store::streams() {
  return impl_->read([](Database& database) { return read_streams(database); });
}

Tally Store::tally() {
  return impl_->read([](Database& database) {
    Tally tally;
    for (const Stream& stream : read_streams(database)) {
      for (int state = 0; state < state_count; ++state) tally.counts[state] += stream.counts[state];
      tally.drafts += stream.drafts;
      tally.last_delivery = std::max(tally.last_delivery, stream.last_delivery);
    }
    if (const auto oldest = oldest_unsettled(database)) {
      tally.oldest_unsettled = oldest->submission.submitted_at;
      tally.delivered_up_to = oldest->submission.number - 1;
    } else {
      tally.delivered_up_to = newest_number(database);
    }
    tally.history_entries = history_entries(database);
    tally.lost_entries = lost_entries(database);
    return tally;
  });
}

std::vector<HistoryEntry> Store::history(const HistoryQuery& query) {
  return impl_->read([&](Database& database) { return read_history(database, query); });
}

Verdict Store::verify_history() {
  const auto& mark_path = impl_->queue.mark_path();
  const auto mark = mark_path.empty() ? std::nullopt : read_mark(mark_path);
  ChainVerifier chain;
  while (
      impl_->read([&](Database& database) { return chain.check_page(database, verified_page); })) {
  }
  Verdict verdict = chain.verdict();
  if (mark) verdict.marked = mark->number;
  if (!verdict.intact) return verdict;
  const auto breach = [&](auto check, auto page_end) {
    for (NumberRange page; verdict.intact; page.after = page.last) {
      const auto found = impl_->read([&](Database& database) {
        page.last = page_end(database, page.after);
        return page.last > page.after ? check(database, page) : std::nullopt;
      });
      if (page.last <= page.after) break;
      if (!found) continue;
      verdict.intact = false;
      verdict.sentence = *found;
    }
  };
  breach(state_breach, [](Database& database, std::int64_t after) {
    return last_of_page(database, after, verified_page);
  });
  // Entries have no gaps, that was just verified.
  breach(lost_submission, [&](Database&, std::int64_t after) {
    return std::min(after + verified_page, verdict.entries);
  });
  if (verdict.intact) impl_->read([&](Database& database) { witness(database, mark, verdict); });
  return verdict;
}

std::vector<std::string> Store::broken_invariants() {
  return impl_->read([](Database& database) { return find_broken_invariants(database); });
}

std::optional<std::string> Store::fact(const std::string& name) {
  return impl_->read([&](Database& database) { return read_fact(database, name); });
}

}  // namespace lodge::storage
