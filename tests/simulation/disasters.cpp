#include "simulation/disasters.hpp"

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
      return world_.network.begin_outage(some_time(), [this](Route route, bool told) {
        for (const auto& process : world_.processes) {
          process->route = route;
          if (!process->system) continue;
          told ? process->system->set(route) : process->system->set_untold(route);
          process->woken = process->woken || told;
        }
      });
    case 2:
      return world_.network.forget_keys();
    case 3: {
      const std::string identity = world_.chance.one_of(world_.settings.identities);
      world_.trace.line("the credentials of " + identity + " expire");
      world_.counts.add(Kind::credentials_expired);
      world_.expired.insert(identity);
      return;
    }
    case 4: {
      const std::string identity = world_.chance.one_of(world_.settings.identities);
      world_.trace.line(identity + " signs out");
      world_.counts.add(Kind::signed_out);
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
  const int nth = world_.chance.between(1, 60);
  world_.counts.add(full ? Kind::disk_full : Kind::disk_error);
  world_.trace.line("the disk of process " + std::to_string(process->number) + " fails");
  if (full) {
    process->disk.fail(DiskCall::write, nth, DiskFault::full, for_good);
  } else {
    process->disk.fail_any(nth, world_.chance.percent(30) ? DiskFault::half : DiskFault::io,
                           for_good);
  }
  process->in_trouble = true;
  world_.timeline.in(world_.chance.around(minutes(10)), [this, process] {
    world_.trace.line("the disk of process " + std::to_string(process->number) + " is well again");
    process->disk.heal();
    process->in_trouble = false;
  });
}

void Disasters::die(bool while_writing) {
  Process* process = world_.running_process();
  if (!process) return;
  const auto end = [this, process] {
    if (world_.timeline.now() >= evening_) return;
    world_.counts.add(Kind::kill);
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
  // Somewhere in its next writes; the rest of its life only looks as if it went on.
  world_.counts.add(Kind::kill_while_writing);
  process->in_trouble = true;
  process->disk.fail(DiskCall::write, world_.chance.between(1, 40),
                     world_.chance.percent(50) ? DiskFault::half : DiskFault::io, true);
  world_.timeline.in(world_.chance.around(minutes(2)), end);
}

// At rest, or in the middle of what a process writes next.
void Disasters::cut_power() {
  const auto cut = [this] {
    if (world_.timeline.now() >= evening_) return;
    world_.cut_power();
    const Duration dark = world_.chance.percent(50) ? Duration(seconds(30)) : some_time();
    for (const auto& process : world_.processes) {
      world_.timeline.in(dark, [this, &process] { world_.open(*process); });
    }
  };
  if (world_.chance.percent(40)) return cut();
  for (const auto& process : world_.processes) {
    if (!process->client) continue;
    process->in_trouble = true;
    process->disk.fail_any(world_.chance.between(1, 60), DiskFault::half, true);
  }
  world_.timeline.in(world_.chance.around(minutes(2)), cut);
}

void Disasters::stop() {
  Process* process = world_.running_process();
  if (!process) return;
  world_.counts.add(Kind::stopped);
  world_.trace.line("process " + std::to_string(process->number) + " is stopped");
  process->stopped = true;
  world_.timeline.in(some_time(), [this, process] {
    world_.trace.line("process " + std::to_string(process->number) + " goes on");
    process->stopped = false;
    process->woken = true;
  });
}

void Disasters::suspend() {
  world_.counts.add(Kind::suspended);
  world_.trace.line("the machine sleeps");
  for (const auto& process : world_.processes) process->stopped = true;
  world_.timeline.in(hours(world_.chance.between(1, 8)), [this] {
    world_.trace.line("the machine wakes");
    for (const auto& process : world_.processes) {
      process->stopped = false;
      process->woken = true;
      if (process->client) process->line->cut_all();
    }
  });
}

void Disasters::step_clock() {
  const Time now = world_.clock->now();
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
  Process* process = world_.running_process();
  if (!process) return;
  constexpr std::array hints{Path::offline, Path::online, Path::unknown};
  const Path path = world_.chance.one_of(hints);
  if (path == Path::offline && !world_.network.is_out()) world_.counts.add(Kind::false_offline);
  if (path == Path::online && world_.network.is_out()) world_.counts.add(Kind::false_online);
  world_.call(*process, "hint " + std::string(name(path)),
              [&](Client& client) { client.set_network(path); });
}

}  // namespace lodge::test
