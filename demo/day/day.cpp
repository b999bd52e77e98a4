#include "demo/day/day.hpp"

#include <thread>

#include "demo/day/interruption.hpp"

namespace lodge::demo {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int phases = 9;
constexpr milliseconds patience{30'000};

}  // namespace

Day::Day(const Settings& settings, std::string store, Screen& screen)
    : settings_(settings),
      store_(std::move(store)),
      plan_(plan_day(settings.rows)),
      forms_(wildlife_strike_forms()),
      began_(steady_clock::now()),
      world_(settings.seed),
      desk_(client_options(store_, world_.endpoint(), settings.fast)),
      screen_(screen),
      progress_(plan_.submissions(), began_),
      chance_(settings.seed + 1) {}

Evidence Day::live() {
  all_is_well();
  link_down();
  flapping();
  captive_portal();
  busy_server();
  lost_replies();
  somebody_else();
  killed();
  evening();
  screen_.end([this] { return picture(); }, progress_);
  return evidence();
}

void Day::begin(std::string name, std::string words, std::string link) {
  ++scene_.phase;
  scene_.phases = phases;
  scene_.name = std::move(name);
  scene_.words = std::move(words);
  scene_.link = std::move(link);
  screen_.begin([this] { return picture(); }, progress_);
}

void Day::link(std::string words) {
  scene_.link = std::move(words);
  tick();
}

void Day::tick() {
  check_interruption();
  screen_.show([this] { return picture(); }, progress_);
}

bool Day::wait(const std::function<bool()>& until, milliseconds longest) {
  const auto deadline = steady_clock::now() + longest;
  while (!until()) {
    if (steady_clock::now() >= deadline) return false;
    tick();
    std::this_thread::sleep_for(milliseconds(settings_.fast ? 2 : 10));
  }
  return true;
}

void Day::linger(milliseconds watched) {
  wait([] { return false; }, settings_.fast ? watched / 20 : watched);
}

bool Day::is_settled() { return desk_.client().status().waiting() <= still_paused_; }

void Day::settle() {
  if (!wait([this] { return is_settled(); }, patience)) troubles_.stalled.push_back(scene_.name);
}

// Whether it came about is judged at the end, by what the desk saw.
void Day::expect_hold(HoldReason reason) {
  wait([&] { return desk_.holds(1'000).contains(reason); }, milliseconds(5'000));
}

Picture Day::picture() {
  Picture picture = scene_;
  picture.status = desk_.client().status();
  picture.holds = desk_.holds();
  picture.holds.erase(HoldReason::none);
  picture.elapsed = std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - began_);
  return picture;
}

const Form& Day::next_form() { return forms_.at(next_form_++); }

RecordId Day::next_known_record() { return known_.at(next_known_++); }

void Day::file_some(int count) {
  for (int i = 0; i < count; ++i) {
    desk_.file(next_form());
    linger(milliseconds(20));
  }
}

Evidence Day::evidence() {
  Client& client = desk_.client();
  Evidence evidence{.plan = plan_,
                    .outbox = whole_outbox(client),
                    .acknowledged = desk_.acknowledged(),
                    .effects = world_.effects(),
                    .tally = world_.tally(),
                    .expected = expected_,
                    .deeds = desk_.deeds(),
                    .troubles = troubles_,
                    .history = client.verify_history()};
  evidence.troubles.weather = world_.weathered();
  evidence.troubles.link_downs = world_.link_downs();
  evidence.troubles.holds_seen = desk_.seen();
  return evidence;
}

}  // namespace lodge::demo
