#include "demo/day/desk.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "demo/day/filing.hpp"

namespace lodge::demo {

Desk::Desk(Options options) : options_(std::move(options)) { open(true); }

void Desk::open(bool deliver) {
  client_.reset();
  Options options = options_;
  options.deliver = deliver;
  client_ = std::make_unique<Client>(std::move(options));
}

std::string Desk::next_filing(const RecordId& record) {
  return filing_number(record, ++filings_.try_emplace(record, 0).first->second);
}

Submission Desk::submit(Draft draft, const SubmitOptions& options) {
  draft.content[filing_member] = next_filing(draft.record);
  const Submission submission = client_->submit(draft, options);
  acknowledged_.insert(submission.id);
  return submission;
}

Submission Desk::file(const Form& form) {
  Draft draft = client_->edit(form.record);
  draft.content = form.content;
  ++deeds_.forms;
  return submit(std::move(draft));
}

Submission Desk::file_twice(const Form& form) {
  Draft draft = client_->edit(form.record);
  draft.content = form.content;
  draft.content[filing_member] = next_filing(form.record);
  const Submission first = client_->submit(draft);
  const Submission second = client_->submit(draft);
  acknowledged_.insert(first.id);
  ++deeds_.forms;
  ++deeds_.double_clicks;
  if (first.id != second.id) throw std::logic_error("a double click made two submissions");
  return first;
}

Submission Desk::file_deferred(const Form& form, Time effective_at) {
  Draft draft = client_->edit(form.record, {.lane = "deferred"});
  draft.content = form.content;
  ++deeds_.forms;
  ++deeds_.deferred;
  return submit(std::move(draft),
                {.effective_at = effective_at, .reason = "entered in arrears from paper"});
}

Submission Desk::change(const RecordId& record, const std::function<void(nlohmann::json&)>& edit) {
  Draft draft = client_->edit(record);
  edit(draft.content);
  ++deeds_.changed;
  return submit(std::move(draft));
}

Submission Desk::amend(const SubmissionId& id, const std::function<void(nlohmann::json&)>& edit) {
  Draft draft = client_->amend(id);
  edit(draft.content);
  ++deeds_.amended;
  return submit(std::move(draft), {.reason = "a slip was corrected"});
}

void Desk::remove(const RecordId& record) {
  acknowledged_.insert(client_->remove(record, {.reason = "filed by mistake"}).id);
  ++deeds_.removed;
}

void Desk::withdraw(const SubmissionId& id) {
  client_->withdraw(id);
  ++deeds_.withdrawn;
}

void Desk::settle(const Conflict& conflict, const Resolution& resolution) {
  const auto replacement = client_->resolve(conflict.submission, resolution, conflict.version);
  if (replacement) acknowledged_.insert(replacement->id);
  deeds_.settled_ours += resolution.kind == Resolution::Kind::ours;
  deeds_.settled_theirs += resolution.kind == Resolution::Kind::theirs;
  deeds_.settled_merged += resolution.kind == Resolution::Kind::merged;
}

void Desk::child_filed(const SubmissionId& id) {
  if (acknowledged_.insert(id).second) ++deeds_.forms;
}

void Desk::child_found(const SubmissionId& id) {
  if (!acknowledged_.insert(id).second) return;
  ++deeds_.forms;
  ++deeds_.found_after_kill;
}

std::map<HoldReason, int> Desk::holds(int looked_at) {
  std::map<HoldReason, int> reasons;
  for (const Submission& one : client_->outbox({.limit = looked_at})) {
    const HoldReason reason = client_->explain(one.id).hold.reason;
    ++reasons[reason];
    seen_.insert(reason);
  }
  return reasons;
}

}  // namespace lodge::demo
