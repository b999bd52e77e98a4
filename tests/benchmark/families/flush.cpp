#include <optional>
#include <stdexcept>

#include "benchmark/families/families.hpp"
#include "benchmark/http/bare_client.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/http/tls_proxy.hpp"
#include "benchmark/measure/disk_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"
#include "benchmark/store/hand_written_store.hpp"

namespace lodge::benchmark {
namespace {

constexpr int in_flight = 16;

/// What emptying a backlog came to.
struct Emptied {
  double rate = 0;
  double cpu_each = 0;  ///< seconds
  double syncs_each = 0;
};

class Stopwatch {
 public:
  Emptied stop(int count) const {
    const auto done = static_cast<double>(count);
    return {.rate = done / (seconds_now() - begun_),
            .cpu_each = (cpu_seconds() - cpu_) / done,
            .syncs_each = static_cast<double>((disk_counts() - counts_).syncs) / done};
  }

 private:
  double cpu_ = cpu_seconds();
  DiskCounts counts_ = disk_counts();
  double begun_ = seconds_now();
};

Emptied empty_with_lodge(Client& client, int count, std::size_t bytes) {
  static long number = 0;
  client.set_network(Path::offline);
  for (int left = count; left > 0; left -= 500) {
    client.submit_all(new_drafts(client, std::min(left, 500), bytes, number));
    number += 500;
  }
  const Stopwatch watch;
  client.set_network(Path::online);
  if (!client.drain(std::chrono::minutes(2))) throw std::runtime_error("the outbox is not empty");
  return watch.stop(count);
}

Emptied empty_bare(BareClient& client, const std::string& url, int count, std::size_t bytes) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(form_text(bytes, i));
  const Stopwatch watch;
  if (client.put_all(url + "/v1/bare", texts) != count) throw std::runtime_error("bare: refused");
  return watch.stop(count);
}

Emptied empty_by_hand(HandWrittenStore& store, const std::string& url, int count,
                      std::size_t bytes) {
  HandWrittenClient client;
  for (int i = 0; i < count; ++i) store.submit(form_text(bytes, i));
  const Stopwatch watch;
  std::string text;
  while (const long number = store.oldest(text)) {
    if (!client.put(url + "/v1/hand", text)) throw std::runtime_error("by hand: refused");
    store.remove(number);
  }
  return watch.stop(count);
}

struct Case {
  int delay_ms = 0;
  enum class Way { plain, tls, http2 } way = Way::plain;
  int count = 0;
  int by_hand = 0;
  const char* where = "";
  const char* goal_name = "";
  double goal = 0;
  double goal_by_hand = 0;
};

void measure_case(Report& report, const Settings& settings, const Case& one) {
  const DiskFolder folder;
  CountingServer server(one.delay_ms);
  const bool http2 = one.way == Case::Way::http2;
  std::optional<TlsProxy> proxy;
  if (one.way != Case::Way::plain) proxy.emplace(server.port(), http2);
  const std::string url = proxy ? proxy->url() : server.url();
  Options options = offline_options(folder / "lodge");
  options.endpoint = url + "/v1";
  options.in_flight = in_flight;
  if (proxy) options.ca_file = proxy->ca_file();
  Client client(options);
  BareClient bare(in_flight, options.ca_file.value_or(""), http2);
  HandWrittenStore hand(folder / "hand");
  empty_with_lodge(client, one.count / 4, settings.bytes);
  empty_bare(bare, url, one.count / 4, settings.bytes);
  server.take_seen();
  std::vector<double> rates;
  std::vector<double> ratios;
  std::vector<double> by_hand;
  std::vector<double> cpu;
  std::vector<double> syncs;
  std::vector<double> connections;
  Seen seen;
  for (int round = 0; round < settings.rounds; ++round) {
    const Emptied ours = empty_with_lodge(client, one.count, settings.bytes);
    const Seen now = server.take_seen();
    seen.doubled += now.doubled;
    seen.out_of_order += now.out_of_order;
    connections.push_back(static_cast<double>(now.connections));
    const Emptied limit = empty_bare(bare, url, one.count, settings.bytes);
    rates.push_back(ours.rate);
    ratios.push_back(ours.rate / limit.rate);
    if (one.by_hand > 0)
      by_hand.push_back(ours.rate / empty_by_hand(hand, url, one.by_hand, settings.bytes).rate);
    cpu.push_back(ours.cpu_each / limit.cpu_each);
    syncs.push_back(ours.syncs_each);
  }
  const std::string where = std::string(", ") + one.where;
  const auto add = [&](const char* goal_name, const std::string& what,
                       const std::vector<double>& values, const char* unit,
                       std::optional<Goal> goal) {
    report.add({.goal_name = goal_name,
                .what = what + where,
                .value = median(values),
                .unit = unit,
                .spread = spread_of(values),
                .goal = goal});
  };
  const bool small = settings.bytes <= 1'000;
  const auto only_small = [&](Goal goal) { return small ? std::optional(goal) : std::nullopt; };
  const bool plain = one.way == Case::Way::plain;
  const auto with_goal = [&](Goal goal) { return plain ? only_small(goal) : std::nullopt; };
  add("", "flush, 16 in flight", rates, "/s", {});
  add(one.goal_name, "flush to bare curl_multi", ratios, "x", with_goal(at_least(one.goal)));
  if (one.by_hand > 0)
    add("F3", "flush to the hand-written loop", by_hand, "x",
        with_goal(at_least(one.goal_by_hand)));
  if (one.delay_ms == 0) {
    add("F4", "processor time to bare curl_multi", cpu, "x", with_goal(at_most(1.75)));
    add("F4", "syncs a delivered form", syncs, "each", only_small(at_most(0.02)));
  }
  // Behind the proxy it is the proxy's that are counted.
  if (plain) add("F4", "connections opened in a round", connections, "", at_most(in_flight));
  report.add({.goal_name = "F5",
              .what = "out of order, or doubled" + where,
              .value = static_cast<double>(seen.out_of_order + seen.doubled),
              .goal = at_most(0)});
}

}  // namespace

void measure_flush(Report& report, const Settings& settings) {
  const int count = settings.bytes > 100'000 ? 200 : 10'000;
  measure_case(report, settings,
               {.delay_ms = 0,
                .count = count,
                .by_hand = count / 20,
                .where = "loopback",
                .goal_name = "F1",
                .goal = 0.80,
                .goal_by_hand = 10});
  measure_case(report, settings,
               {.delay_ms = 20,
                .count = count / 5,
                .by_hand = 40,
                .where = "20 ms away",
                .goal_name = "F2",
                .goal = 0.97,
                .goal_by_hand = 14});
}

void measure_tls(Report& report, const Settings& settings) {
  if (!TlsProxy::is_installed()) {
    report.say("nginx or openssl is not installed; nothing measured");
    return;
  }
  const int count = settings.bytes > 100'000 ? 100 : 4'000;
  measure_case(report, settings,
               {.way = Case::Way::tls, .count = count, .where = "TLS, HTTP/1.1, behind nginx"});
  measure_case(report, settings,
               {.way = Case::Way::http2, .count = count, .where = "TLS, HTTP/2, behind nginx"});
}

}  // namespace lodge::benchmark
