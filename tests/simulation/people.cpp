#include "simulation/people.hpp"

namespace lodge::test {

using std::chrono::seconds;

void People::begin(Time evening) {
  evening_ = evening;
  next_act();
}

// Acts come in bursts: somebody sits down, does a few things, and leaves.
void People::next_act() {
  const bool goes_on = world_.chance.percent(60);
  const Duration wait = goes_on ? world_.chance.around(seconds(3))
                                : world_.chance.around(world_.settings.between_acts);
  world_.timeline.in(wait, [this] {
    if (world_.timeline.now() >= evening_) return;
    if (Process* process = world_.running_process()) act(*process);
    next_act();
  });
}

void People::act(Process& process) {
  const int what = world_.chance.below(100);
  if (what < 18) return open_form(process);
  if (what < 34) return type(process);
  if (what < 42) return save(process);
  if (what < 48) return autosave(process);
  if (what < 68) return submit(process);
  if (what < 70) return submit_all(process);
  if (what < 72) return discard(process);
  if (what < 75) return remove(process);
  if (what < 79) return withdraw(process);
  if (what < 82) return amend(process);
  if (what < 84) return retry(process);
  if (what < 90) return resolve(process, false);
  if (what < 92) return pause(process);
  if (what < 95) return resume(process);
  return read(process);
}

Draft* People::some_window(Process& process) {
  return process.windows.empty() ? nullptr : &world_.chance.one_of(process.windows);
}

void People::close_window(Process& process, const SubmissionId& id) {
  std::erase_if(process.windows, [&](const Draft& draft) { return draft.id == id; });
}

std::string People::slot(const Draft& draft) {
  return draft.record.collection + " " + draft.record.key + " " + draft.identity + " " + draft.lane;
}

void People::settle_everything() {
  Process& process = *world_.processes.front();
  if (!process.runs()) return;
  for (const Scope& scope : std::exchange(pauses_, {})) {
    world_.call(process, "resume", [&](Client& client) { client.resume(scope); });
  }
  world_.call(process, "resume all", [](Client& client) { client.resume(); });
  world_.call(process, "retry all", [](Client& client) { client.retry(Filter{}); });
  resolve(process, true);
}

}  // namespace lodge::test
