#pragma once

#include <functional>
#include <map>
#include <string>

namespace lodge::benchmark {

/// How often each thread of this process has gone to sleep, that is, was woken before; by its name,
/// the calling thread aside.
std::map<std::string, long> wakeups();

/// Resident and anonymous memory, and the most resident so far, in KiB.
struct Memory {
  long resident = 0;
  long anonymous = 0;
  long peak = 0;
};
Memory memory();

/// Runs `body` in a forked child; its numbers, as it returned them.
std::map<std::string, double> in_child(const std::function<std::map<std::string, double>()>& body);

}  // namespace lodge::benchmark
