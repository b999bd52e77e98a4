#pragma once

#include <vector>

#include "client/client_case.hpp"
#include "lodge/testing/network.hpp"

namespace lodge::test {

/// A kiosk whose host does what docs/threads.md says, and no more: it steps after a wake, and at
/// the time that the last step returned.
class OwnLoop {
 public:
  OwnLoop() {
    Options options = kiosk_.options();
    options.network = network_;
    options.wake = [this] { ++posted_; };
    kiosk_.client = std::make_unique<Client>(options);
    run();
  }
  OwnLoop(const OwnLoop&) = delete;
  OwnLoop& operator=(const OwnLoop&) = delete;

  Client& client() { return *kiosk_.client; }
  Kiosk& kiosk() { return kiosk_; }
  testing::ScriptedNetwork& network() { return *network_; }
  /// Wakes that the loop has not come to yet.
  [[nodiscard]] int posted() const { return posted_; }
  [[nodiscard]] int steps() const { return steps_; }

  void live(Duration span) {
    const Time end = kiosk_.clock->now() + span;
    while (posted_ > 0 || (timer_ && *timer_ <= end)) {
      if (posted_ > 0) {
        --posted_;
      } else if (*timer_ > kiosk_.clock->now()) {
        kiosk_.clock->set(*timer_);
      }
      run();
      REQUIRE(steps_ < 10'000);
    }
    kiosk_.clock->set(end);
  }

 private:
  void run() {
    ++steps_;
    timer_ = client().step();
  }

  std::shared_ptr<testing::ScriptedNetwork> network_ = std::make_shared<testing::ScriptedNetwork>();
  std::optional<Time> timer_{};
  int posted_ = 0;
  int steps_ = 0;
  Kiosk kiosk_{};
};

}  // namespace lodge::test
