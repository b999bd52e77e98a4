#include <atomic>

#include "benchmark/families/families.hpp"
#include "benchmark/measure/disk_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int keys = 240;
constexpr int between_keys_ms = 125;  // 8 a second

}  // namespace

void measure_autosave(Report& report, const Settings& settings) {
  const DiskFolder folder;
  Client client(offline_options(folder / "lodge"));
  client.set_network(Path::offline);
  Draft draft = client.edit({"availability", new_key()});
  draft.content = form(settings.bytes, 0);
  client.autosave(draft);  // starts the thread
  let_pass(500);
  std::vector<double> times;
  std::vector<double> copies;
  std::atomic<long> saves{0};
  const Subscription listening = client.on_event([&](const Event& event) {
    saves += event.kind == EventKind::draft_saved ? 1 : 0;
  });
  const DiskCounts before = disk_counts();
  const double begun = seconds_now();
  for (int key = 0; key < keys; ++key) {
    draft.content["sequence"] = key;
    const double at = seconds_now();
    client.autosave(draft);
    times.push_back((seconds_now() - at) * 1e6);
    let_pass(between_keys_ms);
    if (key % 4 != 0) continue;
    // Of the same tree after the same sleep: what a cold processor takes for it.
    const double begun_copy = seconds_now();
    const nlohmann::json copy = draft.content;
    copies.push_back((seconds_now() - begun_copy) * 1e6);
    let_pass(between_keys_ms);
  }
  const double minutes = (seconds_now() - begun) / 60;
  let_pass(500);
  report.add({.what = "p50 of autosave() for the typing thread",
              .value = median(times),
              .unit = "us",
              .spread = spread_of(times)});
  report.add({.goal_name = "X1",
              .what = "p99 of autosave() for the typing thread",
              .value = quantile(times, 0.99),
              .unit = "us",
              .goal = at_most(20)});
  report.add({.what = "p99 of copying the form's JSON, as seldom",
              .value = quantile(copies, 0.99),
              .unit = "us",
              .spread = spread_of(copies)});
  report.add({.what = "commits while somebody types 8 keys a second",
              .value = static_cast<double>(saves) / minutes,
              .unit = "a minute"});
  report.add({.what = "syncs while somebody types 8 keys a second",
              .value = static_cast<double>((disk_counts() - before).syncs) / minutes,
              .unit = "a minute"});
}

}  // namespace lodge::benchmark
