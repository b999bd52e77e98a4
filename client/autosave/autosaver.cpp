#include "client/autosave/autosaver.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <set>
#include <utility>

#include "client/autosave/save_failure.hpp"
#include "client/process/quiet_thread.hpp"

namespace lodge::client {
namespace {

using Steady = std::chrono::steady_clock;

Time steady_now() { return Time(std::chrono::floor<Duration>(Steady::now().time_since_epoch())); }

constexpr std::size_t largest_usual_size = 64 << 10;

void throw_first_of_machine(const std::vector<Error>& failures) {
  const auto first = std::ranges::find_if(failures, may_pass);
  if (first != failures.end()) throw Error(*first);
}

}  // namespace

Autosaver::Autosaver(AutosaverParts parts)
    : parts_(std::move(parts)),
      no_memory_(Errc::out_of_memory,
                 "There was no memory for an autosave. Close something, and type on."),
      schedule_(parts_.times) {
  if (parts_.now) sleeps_until_ = Time::max();
}

Autosaver::~Autosaver() {
  try {
    close();
  } catch (...) {
    // No memory; who called close() before has seen it.
  }
}

std::size_t Autosaver::close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return 0;
    stopping_ = true;
    work_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  // Who closes cannot be told that there is no memory; a moment later there may be some again.
  std::optional<std::size_t> failures;
  for (int tries = 0; tries < 2 && !failures; ++tries) {
    try {
      failures = flush_all();
    } catch (const std::bad_alloc&) {
    }
  }
  const std::lock_guard lock(mutex_);
  closed_ = true;
  return failures.value_or(1);
}

void Autosaver::put(const Draft& draft) {
  // Swapped with what it replaces, which is destroyed after the lock.
  auto content = std::make_shared<const PackedDraft>(pack(draft, parts_.depth_limit, usual_size_));
  usual_size_ = std::min(content->content.size(), largest_usual_size);
  const SubmissionId id = draft.id;
  Lock lock(mutex_);
  Slot& slot = scheduled_slot(draft);
  slot.draft.swap(content);
  slot.failure.reset();
  const auto lent = lent_.extract(id);
  if (!lent.empty()) {
    if (const auto outdated = lent.mapped().lock()) *outdated = true;
  }
  look_at_schedule(lock, id);
}

/// All that needs memory: without any, nothing has changed.
Autosaver::Slot& Autosaver::scheduled_slot(const Draft& draft) {
  const auto [place, added] = slots_.try_emplace(draft.id);
  try {
    if (place->second.record != draft.record) place->second.record = draft.record;
    schedule_.put(draft.id, now());
    return place->second;
  } catch (...) {
    if (added) {
      slots_.erase(place);
      schedule_.forget(draft.id);
    }
    throw;
  }
}

void Autosaver::look_at_schedule(Lock& lock, const SubmissionId& id) {
  if (stopping_) return;
  if (!parts_.now && !thread_.joinable() && !start_thread()) {
    if (!slots_.at(id).saving) save(lock, id);
    return;
  }
  const auto next = schedule_.next();
  if (!next || !sleeps_until_ || *next >= *sleeps_until_) return;
  sleeps_until_ = next;
  lock.unlock();
  if (!parts_.now) return work_.notify_one();
  if (parts_.sooner) parts_.sooner();
}

std::optional<Unsaved> Autosaver::take_over(const SubmissionId& id) {
  Lock lock(mutex_);
  settled_.wait(lock, [&] {
    const auto found = slots_.find(id);
    return found == slots_.end() || !found->second.saving;
  });
  std::erase_if(lent_, [](const auto& lent) { return lent.second.expired(); });
  const auto found = slots_.find(id);
  if (found == slots_.end() || !found->second.draft) return std::nullopt;
  Unsaved taken{.packed = found->second.draft,
                .failure = found->second.failure,
                .outdated = std::make_shared<bool>(false)};
  lent_[id] = taken.outdated;
  schedule_.forget(id);
  slots_.erase(found);
  return taken;
}

void Autosaver::put_back(Unsaved unsaved) {
  const SubmissionId id = unsaved.packed->head.id;
  Lock lock(mutex_);
  if (!unsaved.outdated || *unsaved.outdated) return;
  lent_.erase(id);
  Slot& slot = slots_[id];
  slot = {.record = unsaved.packed->head.record,
          .draft = std::move(unsaved.packed),
          .failure = std::move(unsaved.failure)};
  if (slot.is_given_up()) return;
  schedule_.put(id, now());
  look_at_schedule(lock, id);
}

void Autosaver::save_now(const RecordId& record) {
  throw_first_of_machine(
      flush([&](const SubmissionId&, const Slot& slot) { return slot.record == record; }));
}

void Autosaver::save_all_now() {
  throw_first_of_machine(flush([](const SubmissionId&, const Slot&) { return true; }));
}

std::size_t Autosaver::flush_all() {
  return flush([](const SubmissionId&, const Slot&) { return true; }).size();
}

template <class Chosen>
std::vector<Error> Autosaver::flush(const Chosen& chosen) {
  std::set<SubmissionId> tried;
  std::vector<Error> failures;
  Lock lock(mutex_);
  for (;;) {
    std::optional<SubmissionId> next;
    bool waits = false;
    for (const auto& [id, slot] : slots_) {
      if (!chosen(id, slot)) continue;
      waits = waits || slot.saving;
      const bool may_save = slot.draft && !slot.saving && !slot.is_given_up();
      if (!next && may_save && !tried.contains(id)) next = id;
    }
    if (next) {
      tried.insert(*next);
      if (auto failure = save(lock, *next)) failures.push_back(std::move(*failure));
    } else if (waits) {
      settled_.wait(lock);
    } else {
      return failures;
    }
  }
}

std::optional<Time> Autosaver::step(Time at) {
  Lock lock(mutex_);
  while (const auto id = schedule_.due(at)) save(lock, *id, at);
  const auto next = schedule_.next();
  sleeps_until_ = next.value_or(Time::max());
  return next;
}

void Autosaver::run() {
  Lock lock(mutex_);
  while (!stopping_) {
    if (const auto id = schedule_.due(now())) {
      save(lock, *id);
      continue;
    }
    auto next = schedule_.next();
    if (!next) next = std::exchange(look_again_, std::nullopt);
    sleeps_until_ = next.value_or(Time::max());
    if (next) {
      work_.wait_until(lock, Steady::time_point(next->time_since_epoch()));
    } else {
      work_.wait(lock);
    }
    sleeps_until_.reset();
  }
}

bool Autosaver::Slot::is_given_up() const { return failure && !may_pass(*failure); }

Time Autosaver::now() const { return parts_.now ? parts_.now() : steady_now(); }

bool Autosaver::start_thread() {
  try {
    thread_ = start_quiet_thread("lodge-autosave", [this] { run(); });
    return true;
  } catch (const std::exception&) {
    return false;  // no more threads, or no memory for one: better slow than lost
  }
}

// Unlocked while it saves.
std::optional<Error> Autosaver::save(Lock& lock, const SubmissionId& id, std::optional<Time> at) {
  Slot& slot = slots_.at(id);
  auto draft = std::exchange(slot.draft, nullptr);
  const auto told = std::exchange(slot.failure, std::nullopt);
  slot.saving = true;
  schedule_.started(id, at ? *at : now());
  lock.unlock();
  std::optional<Draft> tree;
  std::optional<Error> failure = try_to_save(*draft, tree);
  lock.lock();
  settle(id, draft, failure, at ? *at : now());
  settled_.notify_all();
  lock.unlock();
  const bool is_news = !failure || !told || told->code() != failure->code();
  if (is_news) report(tree ? *tree : draft->head, failure);
  tree.reset();  // a large one would take its time under the lock
  if (!failure) draft.reset();
  lock.lock();
  return failure;
}

void Autosaver::settle(const SubmissionId& id, std::shared_ptr<const PackedDraft> draft,
                       const std::optional<Error>& failure, Time at) {
  const auto found = slots_.find(id);
  Slot& slot = found->second;
  slot.saving = false;
  if (failure) {
    if (!slot.draft) {
      slot.draft = std::move(draft);
      slot.failure = failure;
    }
    schedule_.failed(id, at, may_pass(*failure));
    return;
  }
  schedule_.saved(id);
  look_again_ = at + parts_.times.idle;
  if (!slot.draft) slots_.erase(found);
}

std::optional<Error> Autosaver::try_to_save(const PackedDraft& packed,
                                            std::optional<Draft>& draft) const noexcept {
  try {
    try {
      parts_.save(draft.emplace(unpack(packed)));
      return std::nullopt;
    } catch (const Error& error) {
      return error;
    } catch (const std::bad_alloc&) {
      return no_memory_;
    } catch (const std::exception& exception) {
      return Error(Errc::broken_invariant, exception.what());
    } catch (...) {
      return Error(Errc::broken_invariant, "an autosave failed without saying why");
    }
  } catch (...) {
    return no_memory_;  // for the words of another error
  }
}

void Autosaver::report(const Draft& draft, const std::optional<Error>& failure) const noexcept {
  try {
    if (failure && parts_.failed) parts_.failed(draft, *failure);
    if (!failure && parts_.saved) parts_.saved(draft);
  } catch (...) {
    // The content is kept or on disk; nobody waits for this report.
  }
}

}  // namespace lodge::client
