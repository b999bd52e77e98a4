#include "simulation/disasters.hpp"

#include <algorithm>
#include <array>

namespace lodge::test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void Disasters::begin(Time evening) {
  evening_ = evening;
  next_disaster();
  next_foreign();
}

void Disasters::next_disaster() {
  world_.timeline.in(world_.chance.around(world_.settings.between_disasters), [this] {
    if (world_.timeline.now() >= evening_) return;
    strike();
    next_disaster();
  });
}

void Disasters::next_foreign() {
  world_.timeline.in(world_.chance.around(world_.settings.between_foreign), [this] {
    if (world_.timeline.now() >= evening_) return;
    edit_elsewhere();
    next_foreign();
  });
}

Duration Disasters::some_time() {
  constexpr std::array<Duration, 3> means{seconds(30), minutes(20), hours(3)};
  return world_.chance.around(world_.chance.one_of(means));
}

void Disasters::strike() {
  switch (world_.chance.below(9)) {
    case 0:
    case 1:
      return begin_outage();
    case 2:
      return world_.network.forget_keys();
    case 3: {
      const std::string identity = world_.chance.one_of(world_.settings.identities);
      world_.trace.line("the credentials of " + identity + " expire");
      world_.expired.insert(identity);
      return;
    }
    case 4: {
      const std::string identity = world_.chance.one_of(world_.settings.identities);
      world_.trace.line(identity + " signs out");
      world_.signed_out.insert(identity);
      world_.timeline.in(some_time(), [this, identity] { world_.signed_out.erase(identity); });
      return;
    }
    case 5:
      return hint();
    case 6:
      if (world_.settings.breaks_clock) return step_clock();
      return;
    default:
      if (world_.settings.breaks_machine) return break_machine();
  }
}

void Disasters::begin_outage() {
  world_.network.begin_outage(some_time(), [this](Route route, bool told) {
    for (const auto& process : world_.processes) {
      process->route = route;
      if (!process->system) continue;
      told ? process->system->set(route) : process->system->set_untold(route);
      if (!told) world_.hint_is_wrong(*process, Kind::hint_lost);
      process->woken = process->woken || told;
    }
  });
  if (world_.chance.percent(20)) tell(Path::online);
}

void Disasters::edit_elsewhere() {
  Chance& chance = world_.chance;
  const RecordId record = chance.one_of(world_.settings.records);
  reference::FormsServer& server = world_.network.server;
  const auto* there = server.find(record);
  const bool exists = there && there->tag;
  nlohmann::json content =
      exists ? nlohmann::json::parse(*there->content) : nlohmann::json::object();
  const std::string value = "elsewhere " + std::to_string(server.ledger().effects().size());
  if (exists && chance.percent(15)) {
    world_.counts.add(Kind::removal_elsewhere);
    world_.trace.line("somebody else removes " + record.key);
    server.remove(record, world_.timeline.now());
    return;
  }
  if (chance.percent(60)) {
    world_.counts.add(Kind::edit_elsewhere);
    content["office"] = value;
  } else {
    world_.counts.add(Kind::overlapping_edit_elsewhere);
    content[chance.percent(50) ? "monday" : "tuesday"] = value;
    if (chance.percent(30)) content["contact"]["mail"] = value;
    if (chance.percent(20)) content.erase("wednesday");
  }
  world_.trace.line("somebody else edits " + record.key + ": " + content.dump());
  server.edit(record, content, world_.timeline.now());
}

void Disasters::break_machine() {
  switch (world_.chance.below(8)) {
    case 6:
    case 7:
      return cut_power();
    case 0:
      return break_disk();
    case 1:
      return die(true);
    case 2:
    case 3:
      return die(false);
    case 4:
      return stop();
    default:
      return suspend();
  }
}

void Disasters::break_disk() {
  Process* process = world_.running_process();
  if (!process) return;
  const bool full = world_.chance.percent(50);
  const bool for_good = world_.chance.percent(50);
  world_.trace.line("the disk of process " + std::to_string(process->number) + " will fail");
  if (full) {
    process->disk.fail(DiskCall::write, world_.chance.between(1, 4), DiskFault::full, for_good);
  } else {
    process->disk.fail_any(world_.chance.between(1, 60),
                           world_.chance.percent(30) ? DiskFault::half : DiskFault::io, for_good);
    process->in_trouble = true;
  }
  const Duration length = world_.chance.around(minutes(10));
  world_.await_trouble(*process, full ? Kind::disk_full : Kind::disk_error,
                       [this, process, length] {
                         world_.timeline.in(length, [this, process] {
                           world_.trace.line("the disk of process " +
                                             std::to_string(process->number) + " is well again");
                           world_.heal_disk(*process);
                         });
                       });
}

void Disasters::die(bool while_writing) {
  Process* process = world_.running_process();
  if (!process) return;
  const auto end = [this, process] {
    if (process->client) world_.counts.add(Kind::kill);
    world_.kill(*process);
    world_.timeline.in(world_.chance.percent(50) ? Duration(seconds(1)) : some_time(),
                       [this, process] { world_.open(*process); });
  };
  if (!while_writing) {
    if (world_.chance.percent(30)) {
      world_.counts.add(Kind::closed);
      world_.close(*process);
      world_.timeline.in(some_time(), [this, process] { world_.open(*process); });
      return;
    }
    return end();
  }
  process->disk.fail_all_from(DiskCall::write, world_.chance.between(1, 8),
                              world_.chance.percent(50) ? DiskFault::half : DiskFault::io);
  world_.await_trouble(*process, Kind::kill_while_writing, end);
}

// At rest, or in the middle of what a process writes next: at once, or after it went on for a while
// with a disk that fails.
void Disasters::cut_power() {
  const auto cut = [this] {
    if (world_.timeline.now() >= evening_) return;
    world_.cut_power();
    const Duration dark = world_.chance.percent(50) ? Duration(seconds(30)) : some_time();
    for (const auto& process : world_.processes) {
      world_.timeline.in(dark, [this, &process] { world_.open(*process); });
    }
  };
  if (world_.chance.percent(30)) return cut();
  const bool later = world_.chance.percent(30);
  for (const auto& process : world_.processes) {
    if (!process->client) continue;
    plant_cut(*process);
    world_.await_trouble(*process, Kind::power_cut_while_writing, [this, cut, later] {
      later ? world_.timeline.in(world_.chance.around(minutes(2)), cut) : cut();
    });
  }
}

void Disasters::plant_cut(Process& process) {
  switch (world_.chance.below(3)) {
    case 0:  // between a write and its sync
      return process.disk.fail_all_from(DiskCall::sync, world_.chance.between(1, 4), DiskFault::io);
    case 1:
      return process.disk.fail_all_from(DiskCall::write, world_.chance.between(1, 4),
                                        DiskFault::half);
    default:
      process.in_trouble = true;
      process.disk.fail_any(world_.chance.between(1, 60), DiskFault::half, true);
  }
}

bool Disasters::missed_something(const Process& process) {
  return process.stopped &&
         (process.woken || (process.due && *process.due <= world_.timeline.now()));
}

void Disasters::stop() {
  Process* process = world_.running_process();
  if (!process) return;
  world_.trace.line("process " + std::to_string(process->number) + " is stopped");
  process->stopped = true;
  world_.timeline.in(some_time(), [this, process] {
    if (missed_something(*process)) world_.counts.add(Kind::stopped);
    world_.trace.line("process " + std::to_string(process->number) + " goes on");
    process->stopped = false;
    process->woken = true;
  });
}

void Disasters::suspend() {
  world_.trace.line("the machine sleeps");
  for (const auto& process : world_.processes) process->stopped = true;
  world_.timeline.in(hours(world_.chance.between(1, 8)), [this] {
    world_.trace.line("the machine wakes");
    const auto missed = [this](const auto& process) {
      return process->client && missed_something(*process);
    };
    if (std::ranges::any_of(world_.processes, missed)) world_.counts.add(Kind::suspended);
    for (const auto& process : world_.processes) {
      process->stopped = false;
      process->woken = true;
      if (process->client) process->line->cut_all();
    }
  });
}

void Disasters::step_clock() {
  const Time now = world_.clock->now();
  if (!world_.running_process()) return;
  switch (world_.chance.below(4)) {
    case 0:
      world_.counts.add(Kind::clock_forward);
      world_.clock->set(now + hours(24 * 365));
      break;
    case 1:
      world_.counts.add(Kind::clock_back);
      world_.clock->set(now - hours(24));
      break;
    case 2:
      world_.counts.add(Kind::clock_1970);
      world_.clock->set(Time(minutes(1)));
      break;
    default:
      world_.clock->set(world_.timeline.now());
  }
  world_.trace.line("the clock steps");
  world_.network.forget_patience();
  if (world_.chance.percent(50)) world_.wake_all();  // otherwise nobody is told
}

void Disasters::hint() {
  constexpr std::array hints{Path::offline, Path::online, Path::unknown};
  tell(world_.chance.one_of(hints));
}

void Disasters::tell(Path path) {
  Process* process = world_.running_process();
  if (!process) return;
  world_.call(*process, "hint " + std::string(name(path)),
              [&](Client& client) { client.set_network(path); });
  process->wrong_hint.reset();
  const bool out = world_.network.is_out();
  if (path == Path::offline && !out) world_.hint_is_wrong(*process, Kind::false_offline);
  if (path == Path::online && out) world_.hint_is_wrong(*process, Kind::false_online);
}

}  // namespace lodge::test
