#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crash/power/desk.hpp"

namespace lodge::test {

/// What people and the library do at a desk until the power goes.
struct Workload {
  std::string name{};
  void (*run)(Desk&) = nullptr;
  bool delivers = false;  ///< its images are delivered from, too
};

/// Creation, typing, queueing, delivery, conflict, two clients, long log.
const std::vector<Workload>& workloads();
const Workload& workload(std::string_view name);

/// The first things that people do after a cut: a form is saved, submitted and given up, and with
/// that the log is copied into the file and emptied.
void after_a_cut(Desk& desk);

// What a store or its user must not do; for controls.
/// Two calls that claim to be one.
void submit_twice_for_once(Desk& desk);
/// A call whose commit failed counts as done.
void believe_a_failed_commit(Desk& desk);

}  // namespace lodge::test
