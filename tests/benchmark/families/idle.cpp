#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/process_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int watched_ms = 20'000;
constexpr int settling_ms = 1'500;

std::map<std::string, double> watch() {
  let_pass(settling_ms);
  const auto before = wakeups();
  const double cpu = cpu_seconds();
  let_pass(watched_ms);
  std::map<std::string, double> found;
  found["cpu"] = (cpu_seconds() - cpu) * 1e6 / (watched_ms / 1e3);
  found["threads"] = static_cast<double>(before.size());
  for (const auto& [name, count] : wakeups()) {
    const auto was = before.find(name);
    found["wakeups"] += static_cast<double>(count - (was != before.end() ? was->second : 0));
  }
  return found;
}

void add(Report& report, const std::string& when, const std::map<std::string, double>& found) {
  const auto value = [&](const char* name) { return found.contains(name) ? found.at(name) : -1; };
  report.add({.goal_name = "I1",
              .what = "wake-ups in 20 s, all threads, " + when,
              .value = value("wakeups"),
              .goal = at_most(0),
              .note = std::to_string(static_cast<int>(value("threads"))) + " threads"});
  report.add({.what = "processor time, " + when, .value = value("cpu"), .unit = "us/s"});
}

}  // namespace

void measure_idle(Report& report, const Settings& settings) {
  CountingServer server;
  add(report, "online, all delivered", in_child([&] {
        const DiskFolder folder;
        Options options = offline_options(folder / "lodge");
        options.endpoint = server.url() + "/v1";
        Client client(options);
        client.submit_all(new_drafts(client, 50, settings.bytes, 0));
        client.drain(std::chrono::seconds(20));
        return watch();
      }));
  add(report, "offline with 50 waiting", in_child([&] {
        const DiskFolder folder;
        Client client(offline_options(folder / "lodge"));
        client.set_network(Path::offline);
        client.submit_all(new_drafts(client, 50, settings.bytes, 0));
        return watch();
      }));
}

}  // namespace lodge::benchmark
