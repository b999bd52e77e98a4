#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crash/power/desk.hpp"

namespace lodge::test {

/// One call of a client, to be made while something fails.
struct Subject {
  std::string name{};
  /// Prepares one more of these calls, without faults, and returns it. The call may be made again
  /// when it failed.
  std::function<std::function<void()>(Desk&, int round)> prepare{};
  /// It changes nothing, whether or not it succeeds.
  bool only_reads = false;
  /// It never throws: what fails is made good later, by itself.
  bool heals_itself = false;
  /// It may learn something from the server before it fails, and keeps that.
  bool learns = false;
  /// Prepared by a client that delivers. What heals itself does.
  bool delivers = false;
  /// One client bears so many faults; then the store is closed, looked at, and begun anew.
  int rounds = 8;
};

/// Calls that change something, those that read, passes of delivery.
const std::vector<Subject>& subjects();
const Subject& subject(std::string_view name);

}  // namespace lodge::test
