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
    const auto woken = static_cast<double>(count - (was != before.end() ? was->second : 0));
    found["wakeups"] += woken;
    if (woken > 0) found["of " + name] = woken;
  }
  return found;
}

void add(Report& report, const std::string& when, const std::map<std::string, double>& found) {
  const auto value = [&](const char* name) { return found.contains(name) ? found.at(name) : -1; };
  std::string woken;
  for (const auto& [name, count] : found)
    if (name.starts_with("of "))
      woken += ", " + name.substr(3) + " " + std::to_string(static_cast<int>(count));
  report.add({.goal_name = "I1",
              .what = "wake-ups in 20 s, all threads, " + when,
              .value = value("wakeups"),
              .goal = at_most(0),
              .note = std::to_string(static_cast<int>(value("threads"))) + " threads" + woken});
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
  add(report, "empty, after autosaves", in_child([&] {
        const DiskFolder folder;
        Client client(offline_options(folder / "lodge"));
        Draft draft = client.edit({"availability", new_key()});
        for (int i = 0; i < 10; ++i) {
          draft.content = form(settings.bytes, i);
          client.autosave(draft);
          let_pass(50);
        }
        return watch();
      }));
  add(report, "offline, with a retry due in minutes", in_child([&] {
        const DiskFolder folder;
        Options options = offline_options(folder / "lodge");
        options.retry.first = std::chrono::minutes(5);
        options.retry.floor = std::chrono::minutes(4);
        Client client(options);  // nobody listens there
        client.submit_all(new_drafts(client, 5, settings.bytes, 0));
        let_pass(3'000);
        client.set_network(Path::offline);
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
