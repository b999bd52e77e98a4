#include <lodge/client.hpp>

struct Timer {
  void cancel() {}
  void set(lodge::Time) {}
};

void after_every_event(lodge::Client& client, Timer& timer, lodge::Time soon) {
  // from here
  std::optional<lodge::Time> again = client.step();                    // Options::threads = false
  if (client.status().count(lodge::State::sending) > 0) again = soon;  // replies call nobody
  timer.cancel();
  if (again) timer.set(*again);
  // to here
}
