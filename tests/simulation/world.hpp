#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulation/chance.hpp"
#include "simulation/kinds.hpp"
#include "simulation/network.hpp"
#include "simulation/process.hpp"
#include "simulation/settings.hpp"
#include "simulation/timeline.hpp"
#include "simulation/trace.hpp"
#include "support/temporary_folder.hpp"
#include "support/unsynced_writes.hpp"

namespace lodge::test {

/// What people were told, for the judge to compare with what is.
struct Promises {
  struct Accepted {
    RecordId record{};
    Operation operation = Operation::put;
    std::string identity{};
    nlohmann::json content{};
  };
  std::map<SubmissionId, Accepted> accepted{};
  std::set<SubmissionId> given_up{};  ///< somebody said, or tried to say, that it need not go
  std::map<SubmissionId, State> final{};
  std::map<std::string, nlohmann::json> saved{};  ///< by record, identity, lane: acknowledged save
};

/// A machine with one store and one or two processes on it, people who use it, and a day on which
/// much goes wrong. Everything follows from the settings.
class World {
 public:
  World(const Settings& settings, bool told);

  /// The day, then the time in which everything must be delivered.
  void live();

  const Settings settings;
  Timeline timeline{};
  Counts counts{};
  Trace trace;
  Promises promises{};
  Chance chance;
  Network network;
  TemporaryFolder folder{};
  [[nodiscard]] std::string store() const { return folder / "kiosk.lodge"; }

  // For people and disasters.
  UnsyncedWrites machine{};  ///< what the one disk has under the processes
  std::vector<std::unique_ptr<Process>> processes{};
  std::shared_ptr<WallClock> clock;
  std::set<std::string> expired{};  ///< identities whose credentials must be fetched afresh
  std::set<std::string> signed_out{};
  Process* running_process();  ///< any one that runs; null: none
  void open(Process& process);
  void close(Process& process);
  void kill(Process& process);
  void cut_power();
  /// A fault was planted in the process's disk: counts the first hit, and does `then` after it.
  void await_trouble(Process& process, Kind kind, std::function<void()> then);
  void heal_disk(Process& process);
  /// The process heard, or did not hear, of the network: counts it once a form waits by it.
  void hint_is_wrong(Process& process, Kind kind);
  /// A call by a person; what may be thrown is judged here. False: it threw.
  bool call(Process& process, const std::string& what, const std::function<void(Client&)>& act);
  void wake_all();

 private:
  void run_until(Time end);
  void settle();
  void step(Process& process);
  void look_who_delivers(Process& process);
  void look_at_disks();
  void look_at_hint(Process& process);
  void heal();
  [[nodiscard]] bool is_all_delivered();
  void check_idle();
  void check_doubt();

  int steps_now_ = 0;  ///< since time last passed
};

}  // namespace lodge::test
