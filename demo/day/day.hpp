#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "demo/day/child.hpp"
#include "demo/day/desk.hpp"
#include "demo/day/evidence.hpp"
#include "demo/day/screen.hpp"
#include "demo/day/settings.hpp"
#include "demo/day/world.hpp"

namespace lodge::demo {

/// The script: forms are filed while the network, the server and other people get in the way.
class Day {
 public:
  /// `store` is the path of a store that does not exist yet.
  Day(const Settings& settings, std::string store, Screen& screen);

  /// Lives through the day and returns what is left of it. Throws Interrupted, lodge::Error, ...
  Evidence live();

 private:
  using Milliseconds = std::chrono::milliseconds;

  // The phases, in order.
  void all_is_well();
  void link_down();
  void flapping();
  void captive_portal();
  void busy_server();
  void lost_replies();
  void somebody_else();
  void killed();
  void evening();

  // Parts of them.
  void file_some(int count);
  void correct_refused_forms(const std::vector<SubmissionId>& refused);
  void take_back_a_change();
  void edit_apart(int count);
  void edit_the_same(int count);
  void edit_the_removed();
  void settle_conflicts();
  void sign_in_at_portal();
  Child start_child();
  void hear(const std::vector<std::string>& lines);
  bool run_child(Child& child, const std::function<bool()>& until);
  void kill_while_filing();
  void kill_while_flushing();
  void let_child_finish();

  // The stage.
  void begin(std::string name, std::string words, std::string link = "up");
  void link(std::string words);
  void tick();
  bool wait(const std::function<bool()>& until, Milliseconds patience);
  void linger(Milliseconds watched);
  void settle();
  void expect_hold(HoldReason reason);
  Picture picture();
  Evidence evidence();

  const Form& next_form();
  RecordId next_known_record();
  [[nodiscard]] bool is_settled();

  const Settings settings_;
  const std::string store_;
  const DayPlan plan_;
  const std::vector<Form> forms_;
  const std::chrono::steady_clock::time_point began_;
  World world_;
  Desk desk_;
  Screen& screen_;
  Progress progress_;
  std::mt19937_64 chance_;
  Picture scene_;
  Troubles troubles_;
  std::vector<Expected> expected_;
  std::vector<RecordId> known_;  ///< delivered in the morning, untouched since
  std::size_t next_known_ = 0;
  std::size_t next_form_ = 0;
  int still_paused_ = 0;

  // Of the child that runs now.
  int child_filed_ = 0;
  bool child_flushes_ = false;
  bool child_done_ = false;
  int child_first_row_ = 0;
};

}  // namespace lodge::demo
