#include <sstream>
#include <stdexcept>

#include "demo/day/day.hpp"

// The program itself is killed: a child process files and delivers, and dies in the middle.
namespace lodge::demo {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{20'000};
constexpr int kills_of_a_kind = 2;
constexpr std::size_t effects_before_kill = 2;

SubmissionId id_from(const std::string& text) {
  const auto id = SubmissionId::parse(text);
  if (!id) throw std::runtime_error("the child names no submission: " + text);
  return *id;
}

}  // namespace

void Day::killed() {
  begin("killed", "the program is killed while it files, and while it delivers");
  desk_.open(false);
  child_first_row_ = static_cast<int>(next_form_);
  next_form_ += static_cast<std::size_t>(plan_.killed);
  for (int i = 0; i < kills_of_a_kind; ++i) kill_while_filing();
  world_.set_delay(milliseconds(settings_.fast ? 25 : 60));
  for (int i = 0; i < kills_of_a_kind; ++i) kill_while_flushing();
  world_.set_delay(milliseconds(0));
  let_child_finish();
  desk_.open(true);
  settle();
}

Child Day::start_child() {
  child_filed_ = 0;
  child_flushes_ = child_done_ = false;
  std::vector<std::string> words{"--file-forms",
                                 std::to_string(child_first_row_),
                                 std::to_string(child_first_row_ + plan_.killed),
                                 "--store",
                                 store_,
                                 "--endpoint",
                                 world_.endpoint()};
  if (settings_.fast) words.emplace_back("--fast");
  return Child(words);
}

void Day::hear(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string word;
    std::string id;
    words >> word >> id;
    if (word == "filed") ++child_filed_, desk_.child_filed(id_from(id));
    if (word == "found") desk_.child_found(id_from(id));
    if (word == "flushing") child_flushes_ = true;
    if (word == "done") child_done_ = true;
  }
}

bool Day::run_child(Child& child, const std::function<bool()>& until) {
  wait(
      [&] {
        hear(child.new_lines());
        return until() || child.ended();
      },
      patience);
  return until();
}

void Day::kill_while_filing() {
  Child child = start_child();
  const int some = 1 + plan_.killed / 6 + static_cast<int>(chance_() % 3);
  run_child(child, [&] { return child_filed_ >= some; });
  hear(child.kill());
  troubles_.kills_while_filing += child_filed_ > 0 && !child_flushes_;
  link("killed while filing");
}

// The first time nothing of the rest is delivered yet; each time a few forms are.
void Day::kill_while_flushing() {
  if (troubles_.kills_while_flushing == 0) world_.link_down();
  Child child = start_child();
  run_child(child, [&] { return child_flushes_; });
  const auto before = world_.effect_count();
  world_.link_up();
  run_child(child, [&] { return world_.effect_count() >= before + effects_before_kill; });
  hear(child.kill());
  link("killed while delivering");
  if (is_settled() || world_.effect_count() == before) return;
  ++troubles_.kills_while_flushing;
  expect_hold(HoldReason::other_process);
}

void Day::let_child_finish() {
  Child child = start_child();
  link("up");
  run_child(child, [&] { return child_done_; });
  if (!child_done_ || child.wait() != 0) troubles_.stalled.push_back(scene_.name);
}

}  // namespace lodge::demo
