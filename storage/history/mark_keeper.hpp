#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "storage/history/high_mark.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Moves the mark beside a store on: never ahead of what is durable, and never further behind than
/// 64 history entries, nor than a second as long as somebody calls wait() and does what it says.
/// Costs a small file, unsynced, once in that while.
///
/// Threads: one at a time, wait() from any. Errors: none; a mark that cannot be written stays
/// behind, which is allowed, and is tried again a second later.
class MarkKeeper {
 public:
  using Clock = std::chrono::steady_clock;

  /// `path` is the store's. Under a VFS of the caller's there are no files of ours, and no mark.
  MarkKeeper(const std::string& path, const std::string& vfs);

  /// After opening, with the write lock held. A mark that tells of a loss stays as it is until that
  /// was noted.
  void begin(Database& database) noexcept;

  /// In the transaction that looks for a loss: whether one is noted. After its commit the mark may
  /// be moved.
  void notes_loss(bool noted);

  /// These entries are durable now. With the write lock held.
  void committed(const ChainTail& tail);

  /// Writes the mark if it is time, or `now` if it is behind at all. With the write lock held,
  /// each time before it is given up.
  void keep(bool now) noexcept;

  /// How long the mark may stay behind; empty: it is not.
  [[nodiscard]] std::optional<Clock::duration> wait() const;

  /// Where the mark is; empty: there is none.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] bool is_time() const;
  [[nodiscard]] bool is_ahead(const std::optional<HighMark>& mark) const;
  void write();

  const std::string path_;  ///< empty: no mark is kept
  std::string store_{};
  bool loss_unnoted_ = false;
  bool noting_ = false;
  bool at_once_ = false;                ///< a loss was noted: its mark must not stay
  bool newest_ = false;                 ///< no other process has committed since committed()
  bool failed_ = false;                 ///< the last writing
  std::int64_t marked_ = 0;             ///< as far as this one knows
  std::optional<ChainTail> durable_{};  ///< not in the mark yet
  std::atomic<Clock::rep> due_{0};      ///< 0: nothing is
};

}  // namespace lodge::storage
