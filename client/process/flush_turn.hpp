#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "client/process/file_watch.hpp"
#include "client/process/flush_lock.hpp"
#include "client/process/wake_file.hpp"

namespace lodge::client {

/// Whose turn it is to deliver for a store that several processes share. Whoever has the turn is
/// woken when another process submits; whoever waits for it is woken when it becomes free, also
/// when the one who had it died, within a second of that (where inotify works, in a few
/// milliseconds).
///
/// Files: `<store>-flush` is the lock, `<store>-wake` the bell. One thread once take() was called.
/// Threads: any; never hold a lock that `wake` takes while destroying this.
/// Errors: lodge::Error from take() alone. In a forked child take() throws, and the rest does
/// nothing.
class FlushTurn {
 public:
  /// `wake` is called on a thread of this object and should only wake the worker. It may be called
  /// for nothing. Nothing happens before the first take(). Without a `method` there is no thread
  /// and no waking: the caller asks again.
  FlushTurn(const std::filesystem::path& store, std::function<void()> wake,
            std::optional<FileWatch::Method> method = FileWatch::Method::events);

  FlushTurn(const FlushTurn&) = delete;
  FlushTurn& operator=(const FlushTurn&) = delete;
  ~FlushTurn();

  /// At the begin of each delivery pass: true when the turn is ours. If not, `wake` follows when it
  /// may be. Before a first pass with the turn, look at the outbox after this returned true: a
  /// submission whose bell nobody heard is there by then. Notes `now` for the others to see.
  bool take(Time now);

  /// Lets another have it, and no longer waits for it.
  void give_back();

  [[nodiscard]] bool mine() const { return lock_->held(); }

  /// Who has the turn, ourselves included; empty when nobody has.
  [[nodiscard]] std::optional<FlushHolder> holder() const { return lock_->holder(); }

  /// After a submit was committed: wakes the holder if that is somebody else. The own worker is
  /// woken by its own client. False when the bell could not be rung.
  bool ring();

 private:
  enum class Watching { nothing, lock, bell };

  bool took(Time now);
  void watch_files();
  void watch_lock();
  void watch_bell();

  const std::function<void()> wake_;
  const std::optional<FileWatch::Method> method_;
  const std::shared_ptr<FlushLock> lock_;
  WakeFile bell_;
  std::mutex mutex_;
  Watching watching_ = Watching::nothing;
  std::optional<FileWatch> files_;  // last: its thread uses the others
};

}  // namespace lodge::client
