#include "client/process/file_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "client/process/inotify.hpp"
#include "client/process/unique_fd.hpp"
#include "storage/sqlite/file_identity.hpp"

namespace lodge::client {

namespace {

// Many writes in a row are told once in this time.
constexpr std::chrono::milliseconds shortest_gap{1};

using storage::FileIdentity;
using storage::identity_at;

// Which file it is and how it begins. The time of the last write would be too coarse.
using Look = std::pair<std::optional<FileIdentity>, std::string>;

Look look_at(const std::filesystem::path& path) {
  Look look{identity_at(path), {}};
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  std::array<char, 256> bytes{};
  const auto size = file ? ::pread(file.get(), bytes.data(), bytes.size(), 0) : 0;
  if (size > 0) look.second.assign(bytes.data(), static_cast<std::size_t>(size));
  return look;
}

}  // namespace

class FileWatch::Watcher final : public PollTask {
 public:
  Watcher(Method method, std::chrono::milliseconds look_every)
      : look_every_(look_every), inotify_(method == Method::events) {}

  // True when the thread has to look from time to time.
  bool watch(const std::filesystem::path& path, Event event, Handler handler) {
    const std::lock_guard lock(mutex_);
    drop(path);
    auto entry = std::make_shared<Entry>(path, event, std::move(handler));
    if (!listen_to(*entry)) look_later(*entry);
    const bool looking = entry->watch < 0;
    entries_[path] = std::move(entry);
    return looking;
  }

  void forget(const std::filesystem::path& path) {
    const std::lock_guard lock(mutex_);
    drop(path);
  }

  [[nodiscard]] std::vector<int> descriptors() const override {
    if (inotify_.fd() < 0) return {};
    return {inotify_.fd()};
  }

  Next step() override {
    const auto due = find_due();
    for (const auto& entry : due) call(*entry);
    const std::lock_guard lock(mutex_);
    std::optional<SteadyTime> next;
    for (const auto& [path, entry] : entries_) {
      for (const auto& at : {entry->call_at, entry->look_at}) {
        if (at) next = std::min(next.value_or(*at), *at);
      }
    }
    if (due.empty()) return {next, true};
    const auto pause = std::chrono::steady_clock::now() + shortest_gap;
    return {std::min(next.value_or(pause), pause), false};
  }

 private:
  struct Entry {
    Entry(std::filesystem::path its_path, Event its_event, Handler its_handler)
        : path(std::move(its_path)), event(its_event), handler(std::move(its_handler)) {}

    const std::filesystem::path path;
    const Event event;
    const Handler handler;
    int watch = -1;  // -1: not told, so it is looked at
    std::optional<FileIdentity> file{};
    std::optional<SteadyTime> look_at{};
    Look seen{};
    bool happened = false;
    int round = 0;
    std::optional<SteadyTime> call_at{};
  };

  using Entries = std::vector<std::shared_ptr<Entry>>;

  bool listen_to(Entry& entry) {
    const auto before = identity_at(entry.path);
    if (inotify_.fd() < 0 || !before) return false;
    const int watch = entry.event == Event::written ? inotify_.add_written(entry.path)
                                                    : inotify_.add_closed(entry.path);
    if (watch < 0) return false;
    if (identity_at(entry.path) != before) {  // replaced meanwhile: which one is watched?
      inotify_.remove(watch);
      return false;
    }
    entry.watch = watch;
    entry.file = before;
    entry.look_at.reset();
    return true;
  }

  void look_later(Entry& entry) {
    entry.seen = client::look_at(entry.path);
    entry.look_at = std::chrono::steady_clock::now() + look_every_;
  }

  void drop(const std::filesystem::path& path) {
    const auto found = entries_.find(path);
    if (found == entries_.end()) return;
    if (found->second->watch >= 0) inotify_.remove(found->second->watch);
    entries_.erase(found);
  }

  void take_in(const Inotify::News& news) {
    for (const auto& [path, entry] : entries_) {
      if (news.watch >= 0 && news.watch != entry->watch) continue;
      if (news.happened) entry->happened = true;
      if (news.ended || (news.displaced && identity_at(path) != entry->file)) {
        inotify_.remove(entry->watch);
        entry->watch = -1;
        entry->look_at = SteadyTime::min();
        entry->happened = true;
      }
    }
  }

  void look(Entry& entry) {
    if (listen_to(entry)) {
      entry.happened = true;  // in between it was not watched
      return;
    }
    const auto before = entry.seen;
    look_later(entry);
    if (entry.event == Event::closed || entry.seen != before) entry.happened = true;
  }

  Entries find_due() {
    const std::lock_guard lock(mutex_);
    for (const auto& news : inotify_.read()) take_in(news);
    const auto now = std::chrono::steady_clock::now();
    Entries due;
    for (const auto& [path, entry] : entries_) {
      if (entry->look_at && *entry->look_at <= now) look(*entry);
      const bool again = entry->call_at && *entry->call_at <= now;
      if (!entry->happened && !again) continue;
      entry->round = entry->happened ? 0 : entry->round + 1;
      entry->happened = false;
      entry->call_at.reset();
      due.push_back(entry);
    }
    return due;
  }

  // Without the mutex: the handler's own locks come first.
  void call(Entry& entry) {
    const auto again = entry.handler(entry.round);
    const std::lock_guard lock(mutex_);
    // Where it is looked at, the next look is the next call.
    if (again && entry.watch >= 0) entry.call_at = std::chrono::steady_clock::now() + *again;
  }

  const std::chrono::milliseconds look_every_;
  std::mutex mutex_;
  Inotify inotify_;
  std::map<std::filesystem::path, std::shared_ptr<Entry>> entries_;
};

FileWatch::FileWatch(Method method, std::chrono::milliseconds look_every)
    : owner_(::getpid()),
      watcher_(std::make_shared<Watcher>(method, look_every)),
      thread_("lodge-files", watcher_) {}

// A forked child shares the inotify instance of its parent and has no thread: it must not touch
// either.
void FileWatch::watch(const std::filesystem::path& path, Event event, Handler handler) {
  if (owner_ != ::getpid()) return;
  if (watcher_->watch(path, event, std::move(handler))) thread_.poke();
}

void FileWatch::forget(const std::filesystem::path& path) {
  if (owner_ == ::getpid()) watcher_->forget(path);
}

}  // namespace lodge::client
