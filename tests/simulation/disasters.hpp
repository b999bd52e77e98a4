#pragma once

#include "simulation/world.hpp"

namespace lodge::test {

/// What happens to the machine, the network as a whole and the server while people work.
class Disasters {
 public:
  explicit Disasters(World& world) : world_(world) {}
  void begin(Time evening);

 private:
  void next_disaster();
  void next_foreign();
  void strike();
  void begin_outage();
  void edit_elsewhere();
  void break_machine();
  void break_disk();
  void die(bool while_writing);
  void cut_power();
  void plant_cut(Process& process);
  void stop();
  void suspend();
  void step_clock();
  void hint();
  void tell(Path path);
  Duration some_time();
  bool missed_something(const Process& process);

  World& world_;
  Time evening_{};
};

}  // namespace lodge::test
