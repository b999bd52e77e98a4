#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "benchmark/families/families.hpp"
#include "benchmark/families/watched_work.hpp"
#include "benchmark/http/counting_server.hpp"

namespace lodge::benchmark {
namespace {

/// All calls of all threads, as `strace -c` sums them up in its last line: "100.00 0.1 5 1234
/// total".
double calls_of(const std::string& what, int count, std::size_t bytes) {
  for (const std::string& line : watch_work("strace -f -c -o ", what, count, bytes)) {
    if (!line.ends_with(" total")) continue;
    std::istringstream words(line);
    std::string share, seconds, each;
    double calls = 0;
    words >> share >> seconds >> each >> calls;
    return calls;
  }
  throw std::runtime_error("strace said nothing of " + what);
}

// What one more costs: opening and closing fall out of the difference.
double calls_each(const std::string& what, std::size_t bytes, int from, int to) {
  return (calls_of(what, to, bytes) - calls_of(what, from, bytes)) / (to - from);
}

}  // namespace

void measure_calls(Report& report, const Settings& settings) {
  if (std::system("strace -o /dev/null true 2>/dev/null") != 0) {
    report.say("strace is not installed, or not allowed; nothing counted");
    return;
  }
  CountingServer server;
  const auto add = [&](const std::string& what, double calls) {
    report.add({.what = "system calls, " + what, .value = calls, .unit = "each"});
  };
  add("bare SQLite, submit", calls_each("bare-submit", settings.bytes, 300, 600));
  add("lodge, submit", calls_each("submit", settings.bytes, 300, 600));
  const double filed = calls_each("file", settings.bytes, 1'000, 3'000);
  add("lodge, a form filed with others in one call", filed);
  add("lodge, a delivered form, beyond filing it, without the network",
      calls_each("deliver", settings.bytes, 1'000, 3'000) - filed);
  add("lodge, a delivered form, beyond filing it, over loopback",
      calls_each("send:" + server.url() + "/v1", settings.bytes, 1'000, 3'000) - filed);
}

}  // namespace lodge::benchmark
