#include "storage/history/mark_keeper.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "storage/history/high_mark.hpp"
#include "storage/history/mark_loss.hpp"

namespace lodge::storage {
namespace {

constexpr std::int64_t most_entries_behind = 64;
constexpr std::chrono::seconds longest_behind{1};

MarkKeeper::Clock::rep now_plus(std::chrono::seconds time) {
  return (MarkKeeper::Clock::now() + time).time_since_epoch().count();
}

}  // namespace

MarkKeeper::MarkKeeper(const std::string& path, const std::string& vfs)
    : path_(vfs.empty() ? mark_path(path) : std::string()) {}

void MarkKeeper::begin(Database& database) noexcept {
  if (path_.empty()) return;
  try {
    make_store_id(database);
    store_ = store_id(database);
    const auto mark = read_mark(path_);
    if (!mark) return;
    if (confirms(database, *mark)) {
      marked_ = mark->number;
    } else if (find_loss(database, *mark)) {
      loss_unnoted_ = true;
    } else {
      ::unlink(path_.c_str());  // noted, then killed before the mark was moved
    }
  } catch (...) {
    store_.clear();  // a disk that is full, say: this opening goes without a mark
  }
}

void MarkKeeper::notes_loss(bool noted) {
  noting_ = noted;
  if (!noted) loss_unnoted_ = false;
}

void MarkKeeper::committed(const ChainTail& tail) {
  if (store_.empty()) return;
  if (std::exchange(noting_, false)) {
    loss_unnoted_ = false;
    at_once_ = true;
  }
  if (loss_unnoted_) return;
  if (!durable_) due_ = now_plus(longest_behind);
  durable_ = tail;
  newest_ = true;
}

void MarkKeeper::keep(bool now) noexcept {
  noting_ = false;
  const bool newest = std::exchange(newest_, false);
  const bool must = std::exchange(at_once_, false) || now;
  if (!durable_ || (!must && !is_time())) return;
  try {
    if (!newest && is_ahead(read_mark(path_)))
      durable_.reset();
    else
      write();
  } catch (...) {
    failed_ = true;  // no memory, say
  }
  due_ = durable_ ? now_plus(longest_behind) : 0;
}

/// A process that came after ours has moved the mark further than we would.
bool MarkKeeper::is_ahead(const std::optional<HighMark>& mark) const {
  return mark && mark->store == store_ && mark->number >= durable_->number;
}

bool MarkKeeper::is_time() const {
  const bool far = durable_->number - marked_ >= most_entries_behind;
  return (far && !failed_) || Clock::now().time_since_epoch().count() >= due_;
}

void MarkKeeper::write() {
  const HighMark mark{.store = store_, .number = durable_->number, .hash = durable_->hash};
  failed_ = !replace_mark(path_, mark);
  if (failed_) return;
  marked_ = mark.number;
  durable_.reset();
}

std::optional<MarkKeeper::Clock::duration> MarkKeeper::wait() const {
  const auto due = due_.load();
  if (due == 0) return std::nullopt;
  return std::max(Clock::duration{0}, Clock::duration{due} - Clock::now().time_since_epoch());
}

}  // namespace lodge::storage
