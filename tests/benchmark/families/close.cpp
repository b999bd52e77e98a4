#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

// How long the destructor takes, in milliseconds.
double close_time(const std::string& endpoint, bool offline, std::size_t bytes) {
  const DiskFolder folder;
  Options options = offline_options(folder / "lodge");
  options.endpoint = endpoint;
  auto client = std::make_unique<Client>(options);
  if (offline) client->set_network(Path::offline);
  client->submit_all(new_drafts(*client, 40, bytes, 0));
  let_pass(200);
  const double begun = seconds_now();
  client.reset();
  return (seconds_now() - begun) * 1e3;
}

}  // namespace

void measure_close(Report& report, const Settings& settings) {
  CountingServer silent(0, Manner::silent);
  CountingServer slow(300);
  CountingServer quick;
  const auto add = [&](const std::string& what, const std::string& endpoint, bool offline) {
    std::vector<double> times;
    for (int round = 0; round < settings.rounds; ++round)
      times.push_back(close_time(endpoint, offline, settings.bytes));
    report.add({.goal_name = "X2",
                .what = "slowest close, " + what,
                .value = quantile(times, 1),
                .unit = "ms",
                .spread = spread_of(times),
                .goal = at_most(50)});
  };
  add("16 in flight to a silent server", silent.url() + "/v1", false);
  add("16 in flight to a slow server", slow.url() + "/v1", false);
  add("flushing over loopback", quick.url() + "/v1", false);
  // Nobody listens at the discard port.
  add("a server that refuses connections", "http://127.0.0.1:9/v1", false);
  // 192.0.2.0/24 is for documentation (RFC 5737); nothing is sent there while offline.
  add("offline, 40 waiting", "https://192.0.2.1/v1", true);
}

}  // namespace lodge::benchmark
