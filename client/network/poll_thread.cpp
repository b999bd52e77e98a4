#include "client/network/poll_thread.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "client/process/wake_pipe.hpp"

namespace lodge::client {

namespace {

constexpr std::chrono::seconds longest_stop{1};

class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) {
      sigdelset(&all, fault);
    }
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

int timeout_until(const std::optional<SteadyTime>& at) {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  if (!at) return -1;
  const auto left = ceil<milliseconds>(*at - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, INT_MAX));
}

}  // namespace

struct PollThread::Shared {
  explicit Shared(std::shared_ptr<PollTask> its_task) : task(std::move(its_task)) {}

  std::shared_ptr<PollTask> task;
  WakePipe wake;
  pid_t owner = ::getpid();
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
};

PollThread::PollThread(const char* name, std::shared_ptr<PollTask> task)
    : shared_(std::make_shared<Shared>(std::move(task))) {
  const NoSignals masked;
  thread_ = std::thread([shared = shared_, name] { run(*shared, name); });
}

void PollThread::run(Shared& shared, [[maybe_unused]] const char* name) {
#ifdef __linux__
  pthread_setname_np(pthread_self(), name);
#endif
  std::vector<pollfd> waits{{shared.wake.readable(), POLLIN, 0}};
  for (const int fd : shared.task->descriptors()) waits.push_back({fd, POLLIN, 0});

  while (!shared.stop) {
    PollTask::Next next{};
    try {
      next = shared.task->step();
    } catch (...) {
      // A step that failed is not repeated at once: that could spin.
      next = {std::chrono::steady_clock::now() + std::chrono::seconds(1), false};
    }
    if (shared.stop) break;
    ::poll(waits.data(), next.listen ? static_cast<nfds_t>(waits.size()) : 1,
           timeout_until(next.at));
    shared.wake.drain();
  }
  const std::lock_guard lock(shared.mutex);
  shared.ended = true;
  shared.changed.notify_all();
}

PollThread::~PollThread() {
  if (shared_->owner != ::getpid()) {
    // The thread stayed in the parent; its handle can be neither joined nor detached here.
    [[maybe_unused]] const auto* left_behind = new std::thread(std::move(thread_));
    return;
  }
  shared_->stop = true;
  shared_->wake.signal();
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
    return;
  }
  std::unique_lock lock(shared_->mutex);
  const bool ended = shared_->changed.wait_for(lock, longest_stop, [&] { return shared_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void PollThread::poke() { shared_->wake.signal(); }

}  // namespace lodge::client
