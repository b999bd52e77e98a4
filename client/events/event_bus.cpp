#include "client/events/event_bus.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/signals2/signal.hpp>

#include "client/events/subscription_link.hpp"
#include "lodge/error.hpp"

namespace lodge {

struct EventBus::Core {
  struct Batch {
    std::uint64_t number = 0;
    std::vector<Event> events{};
  };
  struct Call {
    const Event& event;
    std::uint64_t batch;
    std::vector<std::string> failures{};
  };

  explicit Core(Log log_to) : log(std::move(log_to)) {}

  Subscription subscribe(EventHandler handler);
  std::uint64_t add(std::vector<Event> events);
  void deliver(std::uint64_t up_to);
  void tell(const Event& event, std::uint64_t batch) noexcept;
  void close(std::chrono::milliseconds patience);
  void write_log(const std::string& event, const std::string& words,
                 const std::optional<SubmissionId>& submission = {}) noexcept;

  const Log log;
  boost::signals2::signal<void(Call&)> signal;
  std::atomic<bool> closed{false};
  std::mutex mutex;
  std::condition_variable done;
  std::deque<Batch> waiting;
  std::uint64_t newest = 0;     // number of the last batch
  std::uint64_t due = 0;        // batches up to this one may be delivered
  std::thread::id deliverer{};  // none: nobody is delivering
};

Subscription EventBus::Core::subscribe(EventHandler handler) {
  const std::lock_guard lock(mutex);
  auto link = std::make_shared<Subscription::Link>(std::move(handler), newest);
  boost::signals2::signal<void(Call&)>::slot_type slot([this, to = link.get()](Call& call) {
    if (closed || call.batch <= to->after) return;
    if (auto words = to->call(call.event)) call.failures.push_back(std::move(*words));
  });
  signal.connect(slot.track_foreign(link));  // disconnects by itself when the Subscription is gone
  return Subscription(std::move(link));
}

std::uint64_t EventBus::Core::add(std::vector<Event> events) {
  const std::lock_guard lock(mutex);
  waiting.push_back({newest + 1, std::move(events)});
  return ++newest;
}

void EventBus::Core::deliver(std::uint64_t up_to) {
  std::unique_lock lock(mutex);
  due = std::max(due, up_to);
  if (deliverer != std::thread::id()) return;  // that thread takes these too
  deliverer = std::this_thread::get_id();
  while (!closed && !waiting.empty() && waiting.front().number <= due) {
    const Batch batch = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    for (const Event& event : batch.events) tell(event, batch.number);
    lock.lock();
  }
  deliverer = {};
  done.notify_all();
}

void EventBus::Core::tell(const Event& event, std::uint64_t batch) noexcept {
  try {
    Call call{event, batch};
    signal(call);
    for (const std::string& words : call.failures) {
      write_log("event.handler_failed", words, event.submission);
      if (event.kind == EventKind::handler_failed) continue;
      tell({.kind = EventKind::handler_failed,
            .at = event.at,
            .record = event.record,
            .submission = event.submission,
            .words = words},
           batch);
    }
  } catch (const std::exception& exception) {
    write_log("event.not_told", exception.what(), event.submission);
  }
}

void EventBus::Core::close(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex);
  closed = true;
  waiting.clear();
  if (deliverer == std::this_thread::get_id()) return;
  done.wait_for(lock, patience, [this] { return deliverer == std::thread::id(); });
}

void EventBus::Core::write_log(const std::string& event, const std::string& words,
                               const std::optional<SubmissionId>& submission) noexcept {
  if (!log) return;
  try {
    log({.level = LogLevel::error, .event = event, .words = words, .submission = submission});
  } catch (...) {
    // There is nobody left to tell.
  }
}

EventBus::EventBus(Post post, Log log)
    : core_(std::make_shared<Core>(std::move(log))), post_(std::move(post)) {}

EventBus::~EventBus() { close(); }

Subscription EventBus::subscribe(EventHandler handler) {
  if (!handler) throw Error(Errc::invalid_argument, "The event handler is empty. Pass a function.");
  return core_->subscribe(std::move(handler));
}

void EventBus::publish(std::vector<Event> events) {
  if (events.empty() || core_->closed || core_->signal.empty()) return;
  const std::uint64_t number = core_->add(std::move(events));
  if (!post_) return core_->deliver(number);
  try {
    post_([core = core_, number] { core->deliver(number); });
  } catch (const std::exception& exception) {
    // The batch waits for the next job.
    core_->write_log("event.post_failed", exception.what());
  } catch (...) {
    core_->write_log("event.post_failed", "something that is not a std::exception");
  }
}

void EventBus::close(std::chrono::milliseconds patience) noexcept { core_->close(patience); }

}  // namespace lodge
