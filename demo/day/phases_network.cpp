#include <nlohmann/json.hpp>

#include "demo/day/day.hpp"

// The phases in which the network or the server fails.
namespace lodge::demo {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr int flaps = 10;
constexpr const char* arrears = "deferred";

Form with_slip(Form form) {
  form.content["speed_knots"] = -120;
  return form;
}

void correct_speed(json& content) { content["speed_knots"] = 120; }

}  // namespace

void Day::all_is_well() {
  begin("all is well", "forms are filed and arrive; the lane for arrears is closed until evening");
  desk_.client().pause("arrears are sent in the evening", {.lane = arrears});
  std::vector<SubmissionId> refused;
  for (int i = 0; i < plan_.morning; ++i) {
    const Form& form = next_form();
    if (i % 5 == 2 && static_cast<int>(refused.size()) < plan_.refused) {
      refused.push_back(desk_.file(with_slip(form)).id);
    } else {
      desk_.file(form);
      known_.push_back(form.record);
    }
    linger(milliseconds(20));
  }
  const auto a_week_ago = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now() -
                                                                 std::chrono::hours(24 * 7));
  for (int i = 0; i < plan_.deferred; ++i) desk_.file_deferred(next_form(), a_week_ago);
  still_paused_ = plan_.deferred;
  expect_hold(HoldReason::paused);
  settle();
  correct_refused_forms(refused);
  settle();
}

void Day::correct_refused_forms(const std::vector<SubmissionId>& refused) {
  expect_hold(HoldReason::was_rejected);
  for (const SubmissionId& id : refused) desk_.amend(id, correct_speed);
}

void Day::link_down() {
  begin("link down", "connections are refused; people go on", "refused");
  world_.link_down();
  const auto first = next_form_;
  file_some(plan_.link_down);
  for (int i = 0; i < plan_.followers; ++i) {
    desk_.change(forms_.at(first + static_cast<std::size_t>(i)).record,
                 [](json& content) { content["phase"] = "Approach, as the pilot says now"; });
  }
  take_back_a_change();
  expect_hold(HoldReason::unreachable);
  expect_hold(HoldReason::behind);
  linger(milliseconds(2'000));
  world_.link_up();
  link("up again");
  settle();
}

void Day::take_back_a_change() {
  for (int i = 0; i < plan_.withdrawals; ++i) {
    const SubmissionId id =
        desk_
            .change(next_known_record(),
                    [](json& content) { content["airport"] = "the wrong airport"; })
            .id;
    // While an attempt is under way nobody can say whether the server has it.
    wait(
        [&] {
          try {
            return desk_.withdraw(id), true;
          } catch (const Error& error) {
            if (error.code() != Errc::maybe_received) throw;
            return false;
          }
        },
        milliseconds(10'000));
  }
}

void Day::flapping() {
  begin("flapping", "the link goes down and up, ten times");
  int filed = 0;
  for (int i = 1; i <= flaps; ++i) {
    world_.link_down();
    link("refused, " + std::to_string(i));
    const int share = plan_.flapping * i / flaps - filed;
    file_some(share / 2);
    linger(milliseconds(150));
    world_.link_up();
    link("up, " + std::to_string(i));
    file_some(share - share / 2);
    linger(milliseconds(250));
    filed += share;
  }
  settle();
}

void Day::captive_portal() {
  begin("captive portal", "a sign-in page answers everything with 200", "sign-in page");
  const auto before = desk_.client().status().count(State::delivered);
  world_.set_sky(Sky::portal);
  file_some(plan_.portal);
  expect_hold(HoldReason::intercepted);
  linger(milliseconds(2'500));
  troubles_.delivered_in_portal =
      static_cast<int>(desk_.client().status().count(State::delivered) - before);
  world_.set_sky(Sky::fair);
  sign_in_at_portal();
  link("up again");
  settle();
}

// What an application does when its user has signed in to the network.
void Day::sign_in_at_portal() {
  desk_.client().set_network(Path::online);
  desk_.client().set_network(Path::unknown);
  desk_.client().resume();
}

void Day::busy_server() {
  begin("busy server", "503 with Retry-After: 1", "up");
  world_.set_sky(Sky::busy);
  file_some(plan_.busy);
  expect_hold(HoldReason::busy);
  linger(milliseconds(2'500));
  world_.set_sky(Sky::fair);
  settle();
}

void Day::lost_replies() {
  begin("lost replies", "requests and answers are lost or cut; people click twice", "lossy");
  world_.set_sky(Sky::lossy);
  for (int i = 0; i < plan_.lossy; ++i) {
    if (i < plan_.doubled) {
      desk_.file_twice(next_form());
    } else {
      desk_.file(next_form());
    }
    linger(milliseconds(20));
  }
  wait([this] { return is_settled(); }, milliseconds(settings_.fast ? 2'000 : 5'000));
  world_.set_sky(Sky::fair);
  link("up");
  settle();
}

void Day::evening() {
  begin("evening", "the lane for arrears opens; whatever waits is delivered");
  desk_.client().resume({.lane = arrears});
  still_paused_ = 0;
  settle();
}

}  // namespace lodge::demo
