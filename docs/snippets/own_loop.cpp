#include <lodge/client.hpp>

struct Timer {
  void cancel() {}
  void set(lodge::Time) {}
};

struct Loop {
  template <class Job>
  void post(Job) {}
};

void set_up(lodge::Options& options, Loop& loop, lodge::Client*& client, Timer& timer) {
  // from here
  const auto run = [&client, &timer] {  // on your loop's thread
    timer.cancel();
    if (const auto again = client->step()) timer.set(*again);  // which then calls run
  };
  options.threads = false;
  options.wake = [&loop, run] { loop.post(run); };  // from any thread: a reply came, ...
  // to here
}
