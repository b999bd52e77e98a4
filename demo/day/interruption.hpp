#pragma once

#include <exception>

namespace lodge::demo {

/// Somebody wants the program to end (SIGINT, SIGTERM, SIGHUP).
struct Interrupted : std::exception {
  int signal = 0;
  explicit Interrupted(int number) : signal(number) {}
  [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

/// From now on these signals are remembered instead of ending the process.
void catch_interruptions();

/// Throws Interrupted when one came.
void check_interruption();

}  // namespace lodge::demo
