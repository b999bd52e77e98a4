#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "client/network/poll_thread.hpp"

namespace lodge::client {

/// Tells when a small file beside the store is written or closed: by inotify, with one thread
/// ("lodge-files") that sleeps until something happens. Where inotify is missing, its limits are
/// used up, or a watched file is gone, it looks once a second, and goes back to inotify when it
/// can.
///
/// Threads: any. Errors: the constructor throws std::system_error without a thread or a pipe;
/// nothing else throws.
class FileWatch {
 public:
  enum class Event {
    written,  ///< somebody changed the content
    closed,   ///< the last copy of a writable descriptor was closed, as the kernel does for the
              ///< dead. It says so *before* it drops the locks of that descriptor: ask again a
              ///< little later. When looking, called each time.
  };

  /// Called on the watch's thread; the same for both events when the file was replaced. `round` is
  /// 0 for an event, and counts the calls that the handler asked for since by returning a time:
  /// "call me again then". Should return quickly and must not throw.
  using Handler = std::function<std::optional<std::chrono::milliseconds>(int round)>;

  enum class Method {
    events,   ///< inotify where possible
    looking,  ///< as on a system without it
  };

  explicit FileWatch(Method method = Method::events,
                     std::chrono::milliseconds look_every = std::chrono::seconds(1));

  /// In effect when it returns: what happens to the file from then on is told, what happened before
  /// is not. One watch per path; a second one replaces the first.
  void watch(const std::filesystem::path& path, Event event, Handler handler);

  /// A call that is under way may still end after this returns; after the destructor none begins.
  void forget(const std::filesystem::path& path);

 private:
  class Watcher;

  const pid_t owner_;
  std::shared_ptr<Watcher> watcher_;
  PollThread thread_;
};

}  // namespace lodge::client
