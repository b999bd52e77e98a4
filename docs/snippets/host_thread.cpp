#include <lodge/client.hpp>

#include <functional>
#include <iostream>

struct EventLoop {
  void post(std::function<void()>) {}
};

lodge::Options on_the_hosts_thread(EventLoop& loop) {
  // from here
  lodge::Options options{.store = "kiosk.lodge", .endpoint = "https://forms.example.org/v1"};
  options.post = [&loop](std::function<void()> job) { loop.post(std::move(job)); };
  options.log = [](const lodge::LogLine& line) {
    std::clog << line.event << ": " << line.words << "\n";
  };
  // to here
  return options;
}
