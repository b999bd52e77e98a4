#include "client/autosave/autosave_schedule.hpp"

#include <algorithm>

namespace lodge::client {

void AutosaveSchedule::put(const SubmissionId& id, Time now) {
  see(now);
  Entry& entry = entries_[id];
  if (!entry.first) entry.first = now;
  entry.last = now;
  queue(id, entry);
}

void AutosaveSchedule::started(const SubmissionId& id, Time now) {
  see(now);
  Entry& entry = entries_[id];
  entry.saving = true;
  entry.first.reset();
  entry.retry_at.reset();
  queue(id, entry);
}

void AutosaveSchedule::saved(const SubmissionId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (!found->second.first) return forget(id);
  found->second.saving = false;
  found->second.failures = 0;
  queue(id, found->second);
}

void AutosaveSchedule::failed(const SubmissionId& id, Time now, bool again) {
  see(now);
  Entry& entry = entries_[id];
  entry.saving = false;
  entry.failed_at = now;
  ++entry.failures;
  if (again) entry.retry_at = now + wait_after(entry.failures);
  queue(id, entry);
}

void AutosaveSchedule::forget(const SubmissionId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second.due) queue_.erase({*found->second.due, id});
  entries_.erase(found);
}

std::optional<SubmissionId> AutosaveSchedule::due(Time now) {
  see(now);
  if (queue_.empty() || queue_.begin()->first > now) return std::nullopt;
  return queue_.begin()->second;
}

std::optional<Time> AutosaveSchedule::next() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

// A clock that was set back must not put what waits off by as much.
void AutosaveSchedule::see(Time now) {
  if (seen_ && now < *seen_) {
    const Duration back = *seen_ - now;
    for (auto& [id, entry] : entries_) {
      if (entry.first) *entry.first -= back;
      if (entry.retry_at) *entry.retry_at -= back;
      entry.last -= back;
      entry.failed_at -= back;
      queue(id, entry);
    }
  }
  seen_ = now;
}

// A change after a failure goes sooner than the retry, but does not hammer a disk that is full.
std::optional<Time> AutosaveSchedule::due_of(const Entry& entry) const {
  if (entry.saving) return std::nullopt;
  if (!entry.first) return entry.retry_at;
  Time changed = std::min(entry.last + times_.idle, *entry.first + times_.latest);
  if (entry.failures > 0) changed = std::max(changed, entry.failed_at + times_.retry_first);
  return entry.retry_at ? std::min(changed, *entry.retry_at) : changed;
}

Duration AutosaveSchedule::wait_after(int failures) const {
  Duration wait = times_.retry_first;
  for (int i = 1; i < failures && wait < times_.retry_ceiling; ++i) wait *= 2;
  return std::min(wait, times_.retry_ceiling);
}

void AutosaveSchedule::queue(const SubmissionId& id, Entry& entry) {
  const auto due = due_of(entry);
  if (due == entry.due) return;
  auto node = entry.due ? queue_.extract({*entry.due, id}) : std::move(entry.spare);
  if (!due) {
    entry.spare = std::move(node);
  } else if (node.empty()) {
    queue_.emplace(*due, id);  // the first time; all others find memory here
  } else {
    node.value() = {*due, id};
    queue_.insert(std::move(node));
  }
  entry.due = due;
}

}  // namespace lodge::client
