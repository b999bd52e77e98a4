#include "simulation/world.hpp"

#include "simulation/disasters.hpp"
#include "simulation/judge.hpp"
#include "simulation/people.hpp"
#include "support/raw_database.hpp"

namespace lodge::test {

using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr auto bound_of_healing = hours(2);
constexpr int too_many_steps = 2'000;

Options options_of(World& world, Process& process) {
  const Settings& settings = world.settings;
  Options options;
  options.store = world.store();
  options.endpoint = world.network.endpoint();
  options.allow_plain_http = true;
  options.identity = settings.identities.front();
  options.authorize = [&world](const Authorization& asked) -> std::vector<Header> {
    if (world.signed_out.contains(asked.identity)) {
      world.counts.add(Kind::signed_out);
      return {};
    }
    if (asked.refresh) world.expired.erase(asked.identity);
    const bool old = world.expired.contains(asked.identity);
    if (old) world.counts.add(Kind::credentials_expired);
    return {{"Authorization", "Bearer " + std::string(old ? "old" : "of") + "-" + asked.identity}};
  };
  options.collections["reports"] = {.policy = settings.reports_policy};
  options.spread = settings.spread;
  options.in_flight = settings.in_flight;
  options.threads = false;
  options.clock = world.clock;
  options.transport = process.line;
  options.network = process.system;
  options.random = [&world] { return world.chance.bits(); };
  options.sqlite_vfs = process.disk.name();
  options.log = [&world](const LogLine& line) {
    world.trace.line("  " + line.event + ": " + line.words);
  };
  return options;
}

// Codes that a call may be refused with, whatever the machine does.
bool is_refusal(Errc code) { return code < Errc::disk_full && code != Errc::wrong_process; }

bool is_disk(Errc code) { return code == Errc::disk_full || code == Errc::io; }

}  // namespace

World::World(const Settings& drawn, bool told)
    : settings(drawn),
      trace(timeline, told),
      chance(drawn.seed),
      network(settings, timeline, chance, counts, trace),
      clock(std::make_shared<WallClock>(timeline)) {
  for (int i = 0; i < settings.processes; ++i) {
    processes.push_back(std::make_unique<Process>());
    processes.back()->number = i;
    processes.back()->disk.note_writes_in(&machine);
  }
}

void World::live() {
  const Time evening = timeline.now() + settings.day;
  for (const auto& process : processes) open(*process);
  People people(*this);
  Disasters disasters(*this);
  people.begin(evening);
  disasters.begin(evening);
  run_until(evening);
  Judge(*this).look();
  if (!trace.wrongs().empty()) return;

  heal();
  const Time bound = timeline.now() + bound_of_healing;
  while (timeline.now() < bound && trace.wrongs().empty()) {
    run_until(std::min(bound, timeline.now() + minutes(1)));
    people.settle_everything();
    if (is_all_delivered()) break;
  }
  if (!trace.wrongs().empty()) return;
  run_until(timeline.now() + hours(9));  // whatever still hangs in the network arrives
  people.settle_everything();
  run_until(timeline.now() + minutes(30));
  check_idle();
  Judge(*this).judge();
}

void World::open(Process& process) {
  if (process.client) return;
  trace.line("process " + std::to_string(process.number) + " opens");
  heal_disk(process);
  process.stopped = process.delivering = false;
  process.wrong_hint.reset();
  process.line = std::make_shared<Line>(network);
  process.system = std::make_shared<testing::ScriptedNetwork>();
  process.system->set(process.route);
  try {
    process.client = std::make_unique<Client>(options_of(*this, process));
    process.events = process.client->on_event([this](const Event& event) {
      trace.line("  event: " + std::string(name(event.kind)) + " " + event.words);
    });
  } catch (const std::exception& error) {
    trace.wrong(std::string("opening failed: ") + error.what());
  }
  wake_all();
}

void World::close(Process& process) {
  if (!process.client) return;
  trace.line("process " + std::to_string(process.number) + " closes");
  network.forget_patience();
  process.client.reset();
  process.events = {};
  process.line->hang_up();
  process.windows.clear();
  process.due.reset();
  process.stopped = false;
  wake_all();
}

// Not a byte reaches the disk any more; the destructor's farewell is lost with it.
void World::kill(Process& process) {
  if (!process.client) return;
  trace.line("process " + std::to_string(process.number) + " is killed");
  process.line->hang_up();
  process.trouble.reset();
  process.disk.fail_any(1, DiskFault::io, true);
  close(process);
  heal_disk(process);
}

// What the system held in memory is gone, and with it some of what was written and not synced.
void World::cut_power() {
  const auto runs = [](const auto& process) { return process->client != nullptr; };
  if (std::ranges::any_of(processes, runs)) counts.add(Kind::power_cut);
  trace.line("the power is cut");
  for (const auto& process : processes) kill(*process);
  const int lost = machine.cut([this](int n) { return chance.below(n); });
  if (lost > 0) counts.add(Kind::writes_lost);
  trace.line(std::to_string(lost) + " writes are lost");
}

void World::await_trouble(Process& process, Kind kind, std::function<void()> then) {
  process.trouble = {.kind = kind, .hits = process.disk.hits(), .then = std::move(then)};
}

void World::heal_disk(Process& process) {
  process.trouble.reset();
  process.disk.heal();
  process.in_trouble = false;
}

void World::look_at_disks() {
  for (const auto& process : processes) {
    if (!process->trouble || process->disk.hits() == process->trouble->hits) continue;
    const Trouble struck = *std::exchange(process->trouble, std::nullopt);
    counts.add(struck.kind);
    trace.line("the disk of process " + std::to_string(process->number) + " fails");
    process->in_trouble = true;
    struck.then();
  }
}

void World::hint_is_wrong(Process& process, Kind kind) {
  if (!process.runs()) return;
  process.wrong_hint = kind;
  look_at_hint(process);
}

void World::look_at_hint(Process& process) {
  if (!process.wrong_hint || process.in_trouble || process.trouble) return;
  const Status status = process.client->status();
  const bool told_online = *process.wrong_hint == Kind::false_online;
  if (told_online != network.is_out()) return process.wrong_hint.reset();  // it came true
  if (status.path != (told_online ? Path::online : Path::offline)) return;
  if (!status.delivering || status.waiting() == 0) return;
  counts.add(*std::exchange(process.wrong_hint, std::nullopt));
}

bool World::call(Process& process, const std::string& what,
                 const std::function<void(Client&)>& act) {
  if (!process.runs()) return false;
  trace.line("process " + std::to_string(process.number) + ": " + what);
  if (what.starts_with("resume") || what.starts_with("refresh")) network.forget_patience();
  const auto hits = process.disk.hits();
  bool done = false;
  try {
    act(*process.client);
    done = true;
  } catch (const Error& error) {
    trace.line("  " + std::string(name(error.code())) + ": " + error.what());
    const bool disk_failed = process.disk.hits() != hits || process.in_trouble;
    if (error.code() == Errc::stale_draft) counts.add(Kind::stale_draft);
    const bool refresh_unanswered = error.code() == Errc::io && what.starts_with("refresh");
    if (!is_refusal(error.code()) && !(is_disk(error.code()) && disk_failed) &&
        !refresh_unanswered) {
      trace.wrong(what + " threw " + std::string(name(error.code())) + ": " + error.what());
    }
  } catch (const std::exception& error) {
    trace.wrong(what + " threw " + error.what());
  }
  wake_all();
  return done;
}

void World::wake_all() {
  for (const auto& process : processes) process->woken = true;
}

Process* World::running_process() {
  std::vector<Process*> running;
  for (const auto& process : processes) {
    if (process->runs()) running.push_back(process.get());
  }
  return running.empty() ? nullptr : chance.one_of(running);
}

void World::run_until(Time end) {
  for (;;) {
    look_at_disks();
    settle();
    std::optional<Time> next = timeline.next();
    for (const auto& process : processes) {
      if (process->runs() && process->due && (!next || *process->due < *next)) next = process->due;
    }
    if (!next || *next > end) break;
    if (*next > timeline.now()) steps_now_ = 0;
    timeline.pass_to(*next);
    timeline.happen();
  }
  timeline.pass_to(end);
}

// Steps whoever is awake until nobody is.
void World::settle() {
  for (bool busy = true; busy;) {
    busy = false;
    for (const auto& process : processes) {
      const bool due = process->due && *process->due <= timeline.now();
      if (!process->runs() || (!process->woken && !due)) continue;
      if (++steps_now_ > too_many_steps) {
        throw std::runtime_error("a process steps for ever without waiting");
      }
      step(*process);
      busy = true;
    }
  }
}

void World::step(Process& process) {
  process.woken = false;
  process.due.reset();
  if (steps_now_ == 1) look_who_delivers(process);
  process.line->on_finished([&process] { process.woken = true; });
  const auto next = process.client->step();
  if (next) process.due = timeline.now() + std::max(Duration::zero(), *next - clock->now());
  look_at_disks();
  if (!process.runs()) return;
  look_at_hint(process);
  if (!process.in_trouble) check_doubt();
}

void World::look_who_delivers(Process& process) {
  if (process.number == 0 || process.delivering) return;
  if (process.in_trouble) return;  // status() reads the disk
  process.delivering = process.client->status().delivering;
  if (process.delivering) counts.add(Kind::takeover);
}

void World::heal() {
  trace.line("everything heals");
  network.heal();
  expired.clear();
  signed_out.clear();
  for (const auto& process : processes) {
    heal_disk(*process);
    process->stopped = false;
    process->route = Route::exists;
    if (process->system) process->system->set_untold(Route::exists);  // the timer alone must do
    if (!process->client) open(*process);
  }
  wake_all();
}

bool World::is_all_delivered() {
  if (!processes.front()->client) return false;
  const Status status = processes.front()->client->status();
  if (status.waiting() + status.count(State::conflicted) + status.count(State::rejected) > 0) {
    return false;
  }
  trace.line("all is delivered");
  return true;
}

// Whose form took effect, and who was told nothing, is in doubt. To call it pending would let a
// person take it back as never received.
void World::check_doubt() {
  if (network.untold.empty()) return;
  counts.add(Kind::doubt_looked_at);
  RawDatabase database(store());
  for (const auto& [key, url] : network.untold) {
    std::string hex = key;
    std::erase(hex, '-');
    const auto pending = database.number(
        "SELECT count(*) FROM requests q JOIN submissions s ON s.number = q.submission "
        "WHERE s.state = 'pending' AND q.key = x'" +
        hex + "'");
    if (pending > 0) trace.wrong("the server took " + key + ", and the form is called pending");
  }
}

// Idle means no wake-ups: with nothing to deliver, nobody asks to be called again.
void World::check_idle() {
  if (!is_all_delivered()) {
    trace.wrong("the outbox is not empty " + std::to_string(bound_of_healing.count()) +
                " h after everything healed");
    for (const Submission& left : processes.front()->client->outbox()) {
      trace.wrong("left: " + left.id.text() + " " + left.record.key + " " +
                  std::string(name(left.operation)) + ": " +
                  processes.front()->client->explain(left.id).words);
    }
    return;
  }
  for (const auto& process : processes) {
    if (process->due) trace.wrong("a client with nothing to do asks to be woken");
  }
}

}  // namespace lodge::test
