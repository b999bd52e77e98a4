#include "storage/sqlite/commit_queue.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "storage/sqlite/fork_guard.hpp"
#include "storage/sqlite/reader_pool.hpp"
#include "storage/sqlite/store_file.hpp"
#include "storage/sqlite/writer.hpp"

namespace lodge::storage {
namespace {

using namespace std::chrono_literals;

// Sharing a commit that is faster than waking a thread gains nothing.
constexpr auto worth_sharing = 60us;
// A disk that stalled once does not make the next caller wait for company as long.
constexpr std::chrono::nanoseconds longest_patience = 10ms;
// Who waited a moment ago is likely to come again.
constexpr auto company_stays = 50ms;

StoreOptions resolved(StoreOptions options) {
  if (options.vfs.empty()) options.path = resolved_store_path(options.path);
  return options;
}

DatabaseOptions reader_options(const StoreOptions& options) {
  auto how = connection_options(options);
  how.read_only = true;
  return how;
}

/// A caller in the queue. Slots are used again and outlive every wait, so that they may be notified
/// after the caller has seen the news and gone.
struct Slot : UnitOfWork {
  std::condition_variable news;
  bool done = false;
  bool leads = false;
};

thread_local const void* inside = nullptr;  // the queue whose unit this thread is running

std::chrono::nanoseconds patience_for(std::chrono::nanoseconds commit_time) {
  if (commit_time < worth_sharing) return {};
  return std::min(commit_time / 4, longest_patience);
}

/// Waiting for oneself would never end.
class Inside {
 public:
  explicit Inside(const void* queue) : before_(inside) { inside = queue; }
  ~Inside() { inside = before_; }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  const void* before_;
};

}  // namespace

struct CommitQueue::Impl {
  explicit Impl(const StoreOptions& options) : writer(options), readers(reader_options(options)) {}

  void check_caller() const;
  Slot& take_slot();
  void lead(std::unique_lock<std::mutex>& lock);
  bool wait_for_company(std::chrono::nanoseconds& patience);
  void pass_on();

  const ForkGuard fork_guard{};  // before any lock is taken
  const pid_t process = getpid();
  std::mutex mutex;
  // Guarded by mutex.
  std::vector<std::unique_ptr<Slot>> slots;
  std::vector<Slot*> free_slots;
  std::vector<UnitOfWork*> queued;  // slots
  bool has_leader = false;
  bool leader_waits = false;
  std::size_t expected = 1;  // callers that took part lately
  std::condition_variable company;
  std::atomic<std::chrono::steady_clock::time_point> company_until{};
  // The leader's.
  std::vector<UnitOfWork*> batch;  // slots
  Writer writer;

  ReaderPool readers;
};

CommitQueue::CommitQueue(const StoreOptions& options)
    : impl_(std::make_unique<Impl>(resolved(options))) {}

CommitQueue::~CommitQueue() {
  // Connections and locks belong to the process that made them; a forked child leaves them alone.
  if (impl_ && impl_->process != getpid()) static_cast<void>(impl_.release());
}

void CommitQueue::run(const std::function<void(Database&)>& unit) {
  auto& my = *impl_;
  my.check_caller();
  std::unique_lock lock(my.mutex);
  Slot& slot = my.take_slot();
  slot.unit = &unit;
  my.queued.push_back(&slot);
  if (my.has_leader) {
    if (my.leader_waits) my.company.notify_one();
    slot.news.wait(lock, [&] { return slot.done || slot.leads; });
  }
  if (!slot.done) my.lead(lock);
  const auto error = std::exchange(slot.error, nullptr);
  slot.done = slot.leads = false;
  my.free_slots.push_back(&slot);
  lock.unlock();
  if (error) std::rethrow_exception(error);
}

void CommitQueue::read(const std::function<void(Database&)>& unit) {
  impl_->check_caller();
  const Inside here(impl_.get());
  impl_->readers.read(unit);
}

bool CommitQueue::empty_log() {
  bool done = false;
  run([&](Database&) { impl_->writer.empty_log_after_this(done); });
  return done;
}

void CommitQueue::run_marking(const std::function<bool(Database&)>& unit) {
  run([&](Database& database) { impl_->writer.mark().notes_loss(unit(database)); });
}

std::optional<std::chrono::nanoseconds> CommitQueue::keep_mark() noexcept {
  auto& mark = impl_->writer.mark();
  const auto wait = mark.wait();
  if (!wait || wait->count() > 0) return wait;
  try {
    run([](Database&) {});  // it is written whenever the lock is given up
  } catch (...) {
    // The disk, or a long writer: the mark stays behind a little longer.
  }
  return mark.wait();
}

bool CommitQueue::has_company() const {
  return std::chrono::steady_clock::now() < impl_->company_until.load();
}

const std::string& CommitQueue::mark_path() const { return impl_->writer.mark().path(); }

void CommitQueue::Impl::check_caller() const {
  if (process != getpid())
    throw Error(Errc::wrong_process,
                "This store was opened before a fork. Open it again after exec, or fork first.");
  if (inside == this)
    throw Error(Errc::broken_invariant,
                "A unit of work was begun inside another. Please report this.");
}

/// Room for every slot is made here, so that nothing after it can run out of memory.
Slot& CommitQueue::Impl::take_slot() {
  if (free_slots.empty()) {
    slots.reserve(slots.size() + 1);
    free_slots.reserve(slots.size() + 1);
    slots.push_back(std::make_unique<Slot>());
    free_slots.push_back(slots.back().get());
  }
  queued.reserve(slots.size());
  Slot& slot = *free_slots.back();
  free_slots.pop_back();
  return slot;
}

void CommitQueue::Impl::lead(std::unique_lock<std::mutex>& lock) {
  has_leader = true;
  batch.clear();
  batch.swap(queued);
  lock.unlock();
  auto patience = patience_for(writer.commit_time());
  {
    const Inside here(this);
    writer.run(batch, [&] { return wait_for_company(patience); });
  }
  if (writer.will_empty_log()) writer.finish();
  lock.lock();
  expected = batch.size() + queued.size();
  if (expected > 1) company_until = std::chrono::steady_clock::now() + company_stays;
  for (auto* work : batch) static_cast<Slot*>(work)->done = true;
  lock.unlock();
  for (auto* work : batch) static_cast<Slot*>(work)->news.notify_one();
  writer.finish();
  lock.lock();
  pass_on();
}

/// A caller woken by the last commit comes back a little later than one that was queued already:
/// without patience every commit would carry half of the callers. What is there runs meanwhile.
/// True when others came, who joined the batch.
bool CommitQueue::Impl::wait_for_company(std::chrono::nanoseconds& patience) {
  if (patience.count() <= 0 || batch.size() >= expected) return false;
  std::unique_lock lock(mutex);
  if (queued.empty()) {
    const auto begun = std::chrono::steady_clock::now();
    leader_waits = true;
    company.wait_for(lock, patience, [this] { return !queued.empty(); });
    leader_waits = false;
    patience -= std::chrono::steady_clock::now() - begun;
  }
  const bool came = !queued.empty();
  try {
    batch.insert(batch.end(), queued.begin(), queued.end());
  } catch (const std::bad_alloc&) {
    return false;  // they stay queued, and come with the next commit
  }
  queued.clear();  // keeps its room
  return came;
}

/// has_leader stays true while the lead is on its way to a caller that has yet to wake.
void CommitQueue::Impl::pass_on() {
  has_leader = !queued.empty();
  if (!has_leader) return;
  auto& next = static_cast<Slot&>(*queued.front());
  next.leads = true;
  next.news.notify_one();
}

}  // namespace lodge::storage
