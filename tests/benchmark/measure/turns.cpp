#include "benchmark/measure/turns.hpp"

#include <poll.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace lodge::benchmark {
namespace {

constexpr double most_waiting = 0.15;
constexpr double fewest_turns = 0.4;

struct Turn {
  double seconds = 0;
  bool disturbed = false;
};

Turn timed(const Side& side, int operations) {
  if (side.prepare) side.prepare(operations);
  const Waited before = waited_so_far();
  const double begun = seconds_now();
  side.run();
  const double seconds = seconds_now() - begun;
  const double waited = (waited_so_far().waited - before.waited) / 1e9;
  return {seconds, waited > most_waiting * seconds};
}

}  // namespace

Waited waited_so_far() {
  Waited all;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "schedstat");
    Waited one;
    if (file >> one.run >> one.waited) {
      all.run += one.run;
      all.waited += one.waited;
    }
  }
  return all;
}

Compared take_turns(const Side& first, const Side& second, int operations, int turns) {
  std::vector<double> ratios;
  std::vector<double> firsts;
  std::vector<double> seconds;
  for (int turn = 0; turn < turns; ++turn) {
    const bool swapped = turn % 2 == 1;
    const Turn one = timed(swapped ? second : first, operations);
    const Turn two = timed(swapped ? first : second, operations);
    if (one.disturbed || two.disturbed) continue;
    const double of_first = operations / (swapped ? two : one).seconds;
    const double of_second = operations / (swapped ? one : two).seconds;
    firsts.push_back(of_first);
    seconds.push_back(of_second);
    ratios.push_back(of_first / of_second);
  }
  return {spread_of(ratios), spread_of(firsts), spread_of(seconds),
          static_cast<double>(ratios.size()) < fewest_turns * turns};
}

void let_pass(int milliseconds) { poll(nullptr, 0, milliseconds); }

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace lodge::benchmark
