#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/http/tls_proxy.hpp"
#include "benchmark/measure/process_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

using Values = std::map<std::string, double>;

// Milliseconds.
template <class Call>
double time_of(const Call& call) {
  const double begun = seconds_now();
  call();
  return (seconds_now() - begun) * 1e3;
}

template <class Call>
double middle_time_of(int times, const Call& call) {
  std::vector<double> taken;
  for (int i = 0; i < times; ++i) taken.push_back(time_of(call));
  return median(taken);
}

void fill(const std::string& store, const std::string& endpoint, long rows, std::size_t bytes) {
  Options options = offline_options(store);
  options.endpoint = endpoint;
  options.outbox_limit = rows + 10'000;
  options.deliver = false;
  Client client(options);
  client.pause("until it has been looked at");
  for (long done = 0; done < rows; done += 1'000)
    client.submit_all(new_drafts(client, 1'000, bytes, done));
}

// Submits in milliseconds each; the work of a fresh process.
Values look_at(const std::string& store, const std::string& endpoint,
               const std::optional<std::string>& ca_file, long rows, std::size_t bytes) {
  Values values;
  Options options = offline_options(store);
  options.endpoint = endpoint;
  options.ca_file = ca_file;
  options.outbox_limit = rows + 10'000;
  const Memory bare = memory();
  std::unique_ptr<Client> client;
  values["open"] = time_of([&] { client = std::make_unique<Client>(options); });
  values["first"] = time_of([&] { client->outbox({.limit = 1}); });
  values["status"] = middle_time_of(20, [&] { client->status(); });
  const auto some = client->outbox({.limit = 20});
  values["page"] = middle_time_of(20, [&] { client->outbox({.limit = 100}); });
  const std::int64_t middle = rows / 2;
  values["deep page"] =
      middle_time_of(20, [&] { client->outbox({.after_number = middle, .limit = 100}); });
  values["history"] = middle_time_of(
      20, [&] { client->history({.after_number = middle, .limit = 100, .with_patches = false}); });
  values["explain"] = middle_time_of(20, [&] { client->explain(some.back().id); });
  const auto drafts = new_drafts(*client, 300, bytes, 5'000'000);
  std::size_t next = 0;
  values["submit"] = middle_time_of(300, [&] { client->submit(drafts[next++]); });
  values["resident"] = static_cast<double>(memory().resident - bare.resident) / 1024;
  const long before = client->status().waiting();
  const double begun = seconds_now();
  client->resume();
  while (seconds_now() - begun < 3 && client->status().waiting() > 0) let_pass(5);
  values["flush"] =
      static_cast<double>(before - client->status().waiting()) / (seconds_now() - begun);
  values["peak"] = static_cast<double>(memory().peak) / 1024;
  values["close"] = time_of([&] { client.reset(); });
  return values;
}

// Single submits until the log is nearly as long as it gets; then it is killed.
void kill_while_it_submits(const std::string& store, std::size_t bytes) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    try {
      Client client(offline_options(store));
      client.set_network(Path::offline);
      for (const Draft& draft : new_drafts(client, 180, bytes, 0)) client.submit(draft);
      kill(getpid(), SIGKILL);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) throw std::runtime_error("the process to be killed ended by itself");
}

}  // namespace

void measure_crash(Report& report, const Settings& settings) {
  std::vector<double> clean;
  std::vector<double> after;
  double log = 0;
  for (int round = 0; round < settings.rounds; ++round) {
    const DiskFolder folder;
    const auto open = [&](const std::string& store) {
      return in_child([&] {
        std::unique_ptr<Client> client;
        const auto options = offline_options(folder / store);
        return Values{{"open", time_of([&] { client = std::make_unique<Client>(options); })}};
      })["open"];
    };
    kill_while_it_submits(folder / "killed", settings.bytes);
    log = static_cast<double>(std::filesystem::file_size(folder / "killed-wal")) / (1 << 20);
    after.push_back(open("killed"));
    open("clean");
    clean.push_back(open("clean"));
  }
  report.add({.what = "log left by a killed process", .value = log, .unit = "MiB"});
  report.add({.goal_name = "B3",
              .what = "open after kill -9 with a full log",
              .value = median(after),
              .unit = "ms",
              .spread = spread_of(after),
              .goal = at_most(20)});
  report.add({.what = "open of an empty store that was closed",
              .value = median(clean),
              .unit = "ms",
              .spread = spread_of(clean)});
}

void measure_scale(Report& report, const Settings& settings) {
  const DiskFolder folder;
  CountingServer server;
  std::optional<TlsProxy> proxy;
  if (TlsProxy::is_installed()) {
    proxy.emplace(server.port(), false);
  } else {
    report.say("nginx or openssl is not installed: flushed without TLS");
  }
  const std::string endpoint = (proxy ? proxy->url() : server.url()) + "/v1";
  const auto ca_file = proxy ? std::optional(proxy->ca_file()) : std::nullopt;
  const auto in_own = [&](const std::string& store, long rows) {
    return in_child([&, rows] {
      fill(folder / store, endpoint, rows, settings.bytes);
      return Values{{"size", static_cast<double>(std::filesystem::file_size(folder / store))}};
    });
  };
  // The same size as left by a first look: not so empty that the log has not come round.
  in_own("small", 1'000);
  double filled = 0;
  const double seconds = time_of([&] { filled = in_own("large", settings.rows)["size"]; }) / 1e3;
  Values small =
      in_child([&] { return look_at(folder / "small", endpoint, ca_file, 1'000, settings.bytes); });
  Values large = in_child(
      [&] { return look_at(folder / "large", endpoint, ca_file, settings.rows, settings.bytes); });
  const std::string rows = ", " + std::to_string(settings.rows) + " waiting";
  const auto rate = static_cast<double>(settings.rows) / seconds;
  report.add({.what = "filled by submit_all of 1,000", .value = rate, .unit = "/s"});
  report.add({.what = "bytes on disk for a form" + rows,
              .value = filled / static_cast<double>(settings.rows),
              .unit = "B"});
  const auto add = [&](const char* goal, const std::string& what, double value, const char* unit,
                       std::optional<Goal> limit) {
    report.add(
        {.goal_name = goal, .what = what + rows, .value = value, .unit = unit, .goal = limit});
  };
  add("B2", "open", large["open"], "ms", at_most(10));
  add("", "open, to a small store's", large["open"] / small["open"], "x", {});
  add("B2", "first row of the outbox", large["first"], "ms", at_most(2));
  add("B2", "status", large["status"], "ms", at_most(5));
  add("", "explain", large["explain"], "ms", {});
  add("", "outbox, a page of 100", large["page"], "ms", {});
  add("", "outbox, a page of 100 from the middle", large["deep page"], "ms", {});
  add("", "history, a page of 100 from the middle", large["history"], "ms", {});
  add("B2", "submit to an empty store's", small["submit"] / large["submit"], "x", at_least(0.9));
  add("", "flush to a small store's", large["flush"] / small["flush"], "x", {});
  add("B1", "memory above a small store's", large["resident"] - small["resident"], "MiB",
      at_most(8));
  add("B1",
      proxy ? "most memory in all, flushing over 16 TLS connections"
            : "most memory in all, while flushing",
      large["peak"], "MiB", at_most(32));
  add("", "close while flushing", large["close"], "ms", {});
}

}  // namespace lodge::benchmark
