#include "benchmark/families/families.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/bare_store.hpp"
#include "benchmark/store/forms.hpp"
#include "benchmark/store/hand_written_store.hpp"
#include "benchmark/store/python_store.hpp"

namespace lodge::benchmark {
namespace {

constexpr int turns = 40;

Side lodge_side(Client& client, std::vector<Draft>& drafts, std::size_t bytes, long& number) {
  return {.prepare =
              [&, bytes](int count) {
                drafts = new_drafts(client, count, bytes, number);
                number += count;
              },
          .run =
              [&] {
                for (const Draft& draft : drafts) client.submit(draft);
              }};
}

template <class Store>
Side text_side(Store& store, std::vector<std::string>& texts, std::size_t bytes, long& number) {
  return {.prepare =
              [&, bytes](int count) {
                texts.clear();
                for (int i = 0; i < count; ++i) texts.push_back(form_text(bytes, number++));
              },
          .run =
              [&] {
                for (const std::string& text : texts) store.submit(text);
              }};
}

void add_rates(Report& report, const Compared& compared, const std::string& first,
               const std::string& second) {
  report.add({.what = first,
              .value = compared.first_rate.middle,
              .unit = "/s",
              .spread = compared.first_rate,
              .too_noisy = compared.too_noisy});
  report.add({.what = second,
              .value = compared.second_rate.middle,
              .unit = "/s",
              .spread = compared.second_rate,
              .too_noisy = compared.too_noisy});
}

/// Beside what people write: goals are for small forms alone.
void add_peer(Report& report, const Compared& peer, const std::string& rate,
              const std::string& ratio, std::optional<Goal> goal) {
  report.add({.what = rate,
              .value = peer.second_rate.middle,
              .unit = "/s",
              .spread = peer.second_rate,
              .too_noisy = peer.too_noisy});
  report.add({.goal_name = "S4",
              .what = ratio,
              .value = peer.ratio.middle,
              .unit = "x",
              .spread = peer.ratio,
              .goal = goal,
              .too_noisy = peer.too_noisy});
}

void measure_peers(Report& report, const Settings& settings, const Side& lodge, long& number) {
  const DiskFolder folder;
  const bool small = settings.bytes <= 1'000;
  const std::string size = " (" + std::to_string(settings.bytes) + " B)";
  const int operations = settings.bytes > 100'000 ? 5 : 20;
  std::vector<std::string> texts;
  HandWrittenStore hand(folder / "hand");
  const Side written = text_side(hand, texts, settings.bytes, number);
  add_peer(report, take_turns(lodge, written, operations, 16),
           "hand-written outbox (default journal, autocommit)" + size,
           "submit to the hand-written outbox" + size,
           small ? std::optional(at_least(8)) : std::nullopt);
  if (!PythonStore::is_installed()) return report.say("python3 is not installed: left out");
  PythonStore python(folder / "python");
  Side scripted = text_side(hand, texts, settings.bytes, number);
  scripted.run = [&] { python.submit(texts); };
  add_peer(report, take_turns(lodge, scripted, operations, 16),
           "Python's sqlite3 with its defaults" + size,
           "submit to Python's sqlite3 with its defaults" + size,
           small ? std::optional(at_least(4)) : std::nullopt);
}

}  // namespace

void measure_submit(Report& report, const Settings& settings) {
  const DiskFolder folder;
  const int operations = settings.bytes > 100'000 ? 10 : 50;
  const std::string size = " (" + std::to_string(settings.bytes) + " B)";
  BareStore bare(folder / "bare");
  Client client(offline_options(folder / "lodge"));
  client.set_network(Path::offline);
  std::vector<Draft> drafts;
  std::vector<std::string> texts;
  long number = 0;
  const Side lodge = lodge_side(client, drafts, settings.bytes, number);
  const Side limit = text_side(bare, texts, settings.bytes, number);
  take_turns(lodge, limit, operations, 8);  // the logs come round once
  const Compared compared = take_turns(lodge, limit, operations, turns);
  add_rates(report, compared, "durable submit, 1 thread" + size, "bare SQLite, same rows" + size);
  const bool small = settings.bytes <= 1'000;
  report.add({.goal_name = "S1",
              .what = "submit to bare SQLite" + size,
              .value = compared.ratio.middle,
              .unit = "x",
              .spread = compared.ratio,
              .goal = small ? std::optional(at_least(0.90)) : std::nullopt,
              .too_noisy = compared.too_noisy});

  measure_peers(report, settings, lodge, number);
}

// The same twice, in turns: apart from 1 by as much as chance moves a ratio here.
void measure_control(Report& report, const Settings& settings) {
  const DiskFolder folder;
  BareStore one(folder / "one");
  BareStore two(folder / "two");
  std::vector<std::string> texts;
  long number = 0;
  const int operations = settings.bytes > 100'000 ? 10 : 50;
  const Side first = text_side(one, texts, settings.bytes, number);
  const Side second = text_side(two, texts, settings.bytes, number);
  take_turns(first, second, operations, 8);
  const Waited before = waited_so_far();
  const double begun = seconds_now();
  const Compared compared = take_turns(first, second, operations, turns);
  const double share = (waited_so_far().waited - before.waited) / 1e9 / (seconds_now() - begun);
  report.add({.what = "bare SQLite to bare SQLite",
              .value = compared.ratio.middle,
              .unit = "x",
              .spread = compared.ratio,
              .too_noisy = compared.too_noisy});
  report.add({.what = "time spent waiting for a processor", .value = share * 100, .unit = "%"});
}

void measure_bulk(Report& report, const Settings& settings) {
  const DiskFolder folder;
  BareStore bare(folder / "bare");
  Client client(offline_options(folder / "lodge"));
  client.set_network(Path::offline);
  std::vector<Draft> drafts;
  long number = 0;
  std::string text;
  Side lodge = lodge_side(client, drafts, settings.bytes, number);
  lodge.run = [&] { client.submit_all(drafts); };
  int many = 0;
  const Side limit = {.prepare =
                          [&](int count) {
                            many = count;
                            text = form_text(settings.bytes, number++);
                          },
                      .run = [&] { bare.submit_many(text, many); }};
  for (const int count : {10, 100, 1'000}) {
    const Compared compared = take_turns(lodge, limit, count, 2 * settings.rounds);
    const std::string size = std::to_string(count) + " in a call";
    add_rates(report, compared, "submit_all, " + size, "bare SQLite, " + size);
    report.add({.what = "submit_all to bare SQLite, " + size,
                .value = compared.ratio.middle,
                .unit = "x",
                .spread = compared.ratio,
                .too_noisy = compared.too_noisy});
  }
}

}  // namespace lodge::benchmark
