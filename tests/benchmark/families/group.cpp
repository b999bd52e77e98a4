#include <atomic>
#include <barrier>
#include <map>
#include <thread>

#include "benchmark/families/families.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/bare_store.hpp"
#include "benchmark/store/forms.hpp"
#include "support/fault_vfs.hpp"

namespace lodge::benchmark {
namespace {

struct Round {
  double rate = 0;
  std::vector<double> latencies{};  ///< seconds
  double syncs_each = 0;
};

// Each thread submits its share; every submit returns after its own commit is on disk.
Round submit_from(Client& client, int threads, int count, std::size_t bytes,
                  const test::FaultVfs* vfs) {
  static long number = 0;
  std::vector<std::vector<Draft>> shares;
  for (int i = 0; i < threads; ++i) {
    shares.push_back(new_drafts(client, count / threads, bytes, number));
    number += count / threads;
  }
  std::vector<std::vector<double>> latencies(shares.size());
  std::barrier ready(threads + 1);
  std::vector<std::jthread> running;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    running.emplace_back([&, i] {
      latencies[i].reserve(shares[i].size());
      ready.arrive_and_wait();
      for (const Draft& draft : shares[i]) {
        const double begun = seconds_now();
        client.submit(draft);
        latencies[i].push_back(seconds_now() - begun);
      }
    });
  }
  const auto syncs = vfs != nullptr ? vfs->count(test::DiskCall::sync) : 0;
  ready.arrive_and_wait();
  const double begun = seconds_now();
  running.clear();
  const double seconds = seconds_now() - begun;
  Round round;
  const auto done = static_cast<double>(threads * (count / threads));
  round.rate = done / seconds;
  for (const auto& of_thread : latencies)
    round.latencies.insert(round.latencies.end(), of_thread.begin(), of_thread.end());
  if (vfs != nullptr)
    round.syncs_each = static_cast<double>(vfs->count(test::DiskCall::sync) - syncs) / done;
  return round;
}

void measure_disk(Report& report, const Settings& settings) {
  const DiskFolder folder;
  Client client(offline_options(folder / "lodge"));
  client.set_network(Path::offline);
  submit_from(client, 8, 800, settings.bytes, nullptr);
  std::map<int, std::vector<double>> ratios;
  std::vector<double> singles;
  for (int round = 0; round < settings.rounds; ++round) {
    const double single = submit_from(client, 1, 600, settings.bytes, nullptr).rate;
    singles.push_back(single);
    for (const int threads : {8, 16, 32})
      ratios[threads].push_back(
          submit_from(client, threads, 400 * threads, settings.bytes, nullptr).rate / single);
  }
  report.add({.what = "1 thread, this disk",
              .value = median(singles),
              .unit = "/s",
              .spread = spread_of(singles)});
  const std::map<int, double> goals{{8, 3.5}, {16, 5}, {32, 7.5}};
  for (const auto& [threads, values] : ratios)
    report.add({.goal_name = "G1",
                .what = std::to_string(threads) + " threads to lodge's own single, this disk",
                .value = median(values),
                .unit = "x",
                .spread = spread_of(values),
                .goal = at_least(goals.at(threads))});
}

// A slow disk decides, whatever else the machine does.
void measure_slow_disk(Report& report, const Settings& settings) {
  const DiskFolder folder(true);
  test::FaultVfs vfs;
  vfs.set_sync_delay(5'000);
  Options options = offline_options(folder / "lodge");
  options.sqlite_vfs = vfs.name();
  Client client(options);
  client.set_network(Path::offline);
  BareStore bare(folder / "bare", vfs.name());
  std::vector<double> alone;
  std::map<int, std::vector<double>> ratios;
  Round eight;
  for (int round = 0; round < settings.rounds; ++round) {
    constexpr int count = 100;
    const double begun = seconds_now();
    for (int i = 0; i < count; ++i) bare.submit(form_text(settings.bytes, i));
    const double limit = count / (seconds_now() - begun);
    const double single = submit_from(client, 1, count, settings.bytes, &vfs).rate;
    alone.push_back(single / limit);
    for (const int threads : {8, 32}) {
      Round many = submit_from(client, threads, 50 * threads, settings.bytes, &vfs);
      ratios[threads].push_back(many.rate / limit);
      if (threads != 8) continue;
      eight.syncs_each += many.syncs_each / settings.rounds;
      eight.latencies.insert(eight.latencies.end(), many.latencies.begin(), many.latencies.end());
    }
  }
  const auto add = [&](const char* goal, const std::string& what, const std::vector<double>& values,
                       double least) {
    report.add({.goal_name = goal,
                .what = what,
                .value = median(values),
                .unit = "x",
                .spread = spread_of(values),
                .goal = at_least(least)});
  };
  add("G2", "1 thread to bare SQLite, 5 ms a sync", alone, 0.97);
  add("G2", "8 threads to bare SQLite, 5 ms a sync", ratios[8], 7.5);
  add("G2", "32 threads to bare SQLite, 5 ms a sync", ratios[32], 26);
  report.add({.goal_name = "G3",
              .what = "syncs a submit, 8 threads, 5 ms a sync",
              .value = eight.syncs_each,
              .unit = "each",
              .goal = at_most(0.14)});
  const double middle = median(eight.latencies);
  report.add(
      {.what = "p50 of a submit, 8 threads, 5 ms a sync", .value = middle * 1e3, .unit = "ms"});
  report.add({.goal_name = "G3",
              .what = "slowest submit to p50, 8 threads, 5 ms a sync",
              .value = quantile(eight.latencies, 1) / middle,
              .unit = "x",
              .goal = at_most(10)});
}

}  // namespace

void measure_group(Report& report, const Settings& settings) {
  measure_slow_disk(report, settings);
  measure_disk(report, settings);
}

}  // namespace lodge::benchmark
