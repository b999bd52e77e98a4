#include <atomic>
#include <thread>

#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int submits = 400;
constexpr int backlog = 15'000;
constexpr int in_full_swing = 3'000;  // answers until it is measured

std::vector<double> submit_some(Client& client, std::size_t bytes, long& number) {
  const auto drafts = new_drafts(client, submits, bytes, number);
  number += submits;
  std::vector<double> latencies;
  for (const Draft& draft : drafts) {
    const double begun = seconds_now();
    client.submit(draft);
    latencies.push_back(seconds_now() - begun);
  }
  return latencies;
}

}  // namespace

/// What a flush under way costs those who submit.
void measure_beside(Report& report, const Settings& settings) {
  const DiskFolder folder;
  CountingServer server;
  Options options = offline_options(folder / "lodge");
  options.endpoint = server.url() + "/v1";
  Client client(options);
  client.set_network(Path::offline);
  long number = 0;
  std::vector<double> middle;
  std::vector<double> slow;
  std::vector<double> acknowledged;
  for (int round = 0; round < settings.rounds; ++round) {
    submit_some(client, settings.bytes, number);
    const auto alone = submit_some(client, settings.bytes, number);
    for (int i = 0; i < backlog / 250; ++i) {
      client.submit_all(new_drafts(client, 250, settings.bytes, number));
      number += 250;
    }
    const auto waiting = client.status().waiting();
    client.set_network(Path::online);
    while (client.status().waiting() > waiting - in_full_swing) std::this_thread::yield();
    server.take_seen();
    const double begun = seconds_now();
    const auto beside = submit_some(client, settings.bytes, number);
    const auto delivered = static_cast<double>(server.take_seen().requests);
    acknowledged.push_back(delivered / (seconds_now() - begun));
    const bool was_busy = client.status().waiting() > 0;
    client.drain(std::chrono::minutes(2));
    client.set_network(Path::offline);
    if (!was_busy) continue;
    middle.push_back(median(beside) / median(alone));
    slow.push_back(quantile(beside, 0.99) / quantile(alone, 0.99));
  }
  const bool none = middle.empty();
  report.add({.goal_name = "G4",
              .what = "p50 of submit beside a flush, to alone",
              .value = median(middle),
              .unit = "x",
              .spread = spread_of(middle),
              .goal = at_most(1.3),
              .too_noisy = none});
  report.add({.goal_name = "G4",
              .what = "p99 of submit beside a flush, to alone",
              .value = median(slow),
              .unit = "x",
              .spread = spread_of(slow),
              .goal = at_most(2.5),
              .too_noisy = none});
  report.add({.goal_name = "G4",
              .what = "answers a second meanwhile",
              .value = median(acknowledged),
              .unit = "/s",
              .spread = spread_of(acknowledged),
              .goal = at_least(20'000)});
}

}  // namespace lodge::benchmark
