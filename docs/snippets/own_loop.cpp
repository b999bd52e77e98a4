#include <lodge/client.hpp>

struct Timer {
  void cancel() {}
  void set(lodge::Time) {}
};

void after_every_event(lodge::Client& client, Timer& timer) {
  // from here
  std::optional<lodge::Time> again = client.step();  // Options::threads = false
  timer.cancel();
  if (again) timer.set(*again);
  // to here
}
