#pragma once

#include <functional>
#include <string>
#include <vector>

#include "benchmark/measure/statistics.hpp"

namespace lodge::benchmark {

/// One of two that are compared. `prepare` is not timed.
struct Side {
  std::function<void(int operations)> prepare{};
  std::function<void()> run{};
};

struct Compared {
  Spread ratio{};       ///< rate of the first to the rate of the second
  Spread first_rate{};  ///< operations a second
  Spread second_rate{};
  bool too_noisy = false;
};

/// Both do `operations` in turn, the order swapped each turn. A turn in which this thread waited
/// for a processor more than 15 % of the time is dropped; too few left: too noisy.
Compared take_turns(const Side& first, const Side& second, int operations, int turns);

/// How long the process's threads have run and have waited for a processor, in nanoseconds.
struct Waited {
  double run = 0;
  double waited = 0;
};
Waited waited_so_far();

/// Lets time pass without using the processor.
void let_pass(int milliseconds);

double seconds_now();
/// Processor seconds of this process so far, all threads.
double cpu_seconds();

}  // namespace lodge::benchmark
