#include <poll.h>

#include <cstdio>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "storage/store.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using test::ForkedClient;
using test::LiveServer;
using test::Say;
using test::TemporaryFolder;

constexpr int writers = 3;
constexpr int records_each = 4;

RecordId record_of(int writer, int number) {
  return {"f", "w" + std::to_string(writer) + "-" + std::to_string(number % records_each)};
}
RecordId draft_of(int writer) { return {"d", "w" + std::to_string(writer)}; }

/// Files forms without end and saves a draft between them; says so before and after each.
void write_for_ever(const Options& options, int writer, int from, const Say& say) {
  Client client(options);
  say("open");
  for (int number = from;; ++number) {
    Draft draft = client.edit(record_of(writer, number));
    draft.content = {{"number", number}};
    client.submit(draft);
    say("filed " + std::to_string(number));
    Draft notes = client.edit(draft_of(writer));
    notes.content = {{"number", number}};
    client.save(notes);
    say("saved " + std::to_string(number));
  }
}

void deliver_for_ever(const Options& options, const Say& say) {
  Client client(options);
  const Subscription events = client.on_event([&](const Event& event) {
    if (event.kind == EventKind::delivered) say("delivered");
  });
  say("open");
  for (;;) ::poll(nullptr, 0, -1);
}

/// A child with one of the parts, again and again, and all that it acknowledged.
struct Part {
  int writer = -1;  ///< -1: it delivers
  int next = 0;     ///< what an incarnation begins with; no number is used twice
  std::vector<int> filed{};
  int saved = -1;
  int heard = 0;
  std::optional<ForkedClient> child{};

  void start(const Options& options) {
    Options own = options;
    own.deliver = writer < 0;
    const int from = next;
    child.emplace([=, this](const Say& say) {
      if (writer < 0) deliver_for_ever(own, say);
      write_for_ever(own, writer, from, say);
    });
  }
  void listen(std::chrono::milliseconds patience) {
    for (const std::string& line : child->lines(patience)) {
      ++heard;
      INFO(line);
      CHECK_FALSE(line.starts_with("thrown"));
      if (line.starts_with("filed ")) filed.push_back(std::stoi(line.substr(6)));
      if (line.starts_with("saved ")) saved = std::stoi(line.substr(6));
    }
  }
  void kill() {
    child->kill();
    listen(std::chrono::milliseconds(0));
    if (writer >= 0 && !filed.empty()) next = std::max(next, filed.back() + 1);
    next += 1;  // one more may have been filed without a word of it
  }
};

/// Some time later, when a form that was in the air at three kills in a row goes again (P9).
class LaterClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return test::wall_now() + std::chrono::minutes(30); }
};

void wait_for_words(std::deque<Part>& parts, int count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  int before = 0;
  for (const Part& part : parts) before += part.heard;
  for (;;) {
    std::vector<pollfd> watched;
    for (const Part& part : parts) watched.push_back({part.child->descriptor(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), 1'000) < 0) return;
    int now = 0;
    for (Part& part : parts) {
      part.listen(std::chrono::milliseconds(0));
      now += part.heard;
    }
    if (now - before >= count || std::chrono::steady_clock::now() > deadline) return;
  }
}

/// The numbers that took effect on a record, in the order in which they did.
std::vector<int> effects_on(LiveServer& server, const RecordId& record) {
  std::vector<int> numbers;
  for (const std::string& body : server.bodies_of(record))
    numbers.push_back(nlohmann::json::parse(body).at("number").get<int>());
  return numbers;
}

void judge_order(LiveServer& server, const Part& part) {
  std::map<std::string, std::vector<int>> acknowledged;
  for (const int number : part.filed)
    acknowledged[record_of(part.writer, number).key].push_back(number);
  for (int i = 0; i < records_each; ++i) {
    const RecordId record = record_of(part.writer, i);
    const auto effects = effects_on(server, record);
    INFO(record.key);
    CHECK(std::ranges::is_sorted(effects));
    CHECK(std::set<int>(effects.begin(), effects.end()).size() == effects.size());
    CHECK(std::ranges::includes(effects, acknowledged[record.key]));
  }
}

TEST_CASE(
    "P1: kill -9 of writers and deliverers, round after round: nothing acknowledged is lost, "
    "doubled or out of order, and no loss is reported",
    "[P1][D7]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const int rounds = test::is_large() ? 5'000 : 200;
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  std::deque<Part> parts(writers + 1);
  for (int i = 0; i < writers; ++i) parts[static_cast<std::size_t>(i)].writer = i;
  for (Part& part : parts) part.start(options);
  const auto begun = std::chrono::steady_clock::now();
  for (int round = 0; round < rounds; ++round) {
    wait_for_words(parts, 1 + static_cast<int>(random() % 12));
    const bool all = random() % 10 == 0;
    const auto chosen = random() % parts.size();
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (all || i == chosen) parts[i].kill();
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (all || i == chosen) parts[i].start(options);
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  for (Part& part : parts) part.kill();

  // A form that the last kills interrupted for the third time waits from this moment on, not from
  // that of the later clock.
  storage::Store(storage::StoreOptions{.path = options.store})
      .begin_epoch({.at = test::wall_now(), .who = "lodge", .why = "the last kill"});
  Options later = options;
  later.clock = std::make_shared<LaterClock>();
  Client client(later);
  CHECK(client.drain(std::chrono::seconds(120)));
  for (const Submission& one : client.outbox()) UNSCOPED_INFO(client.explain(one.id).words);
  CHECK(client.status().waiting() == 0);
  CHECK(client.status().count(State::rejected) + client.status().count(State::conflicted) == 0);
  std::size_t filed = 0;
  for (int i = 0; i < writers; ++i) {
    const Part& part = parts[static_cast<std::size_t>(i)];
    judge_order(server, part);
    filed += part.filed.size();
    CHECK(client.edit(draft_of(i)).content.value("number", -1) >= part.saved);
  }
  CHECK(server.doubled() == 0);
  CHECK(static_cast<std::int64_t>(server.effects()) == client.status().count(State::delivered));
  const Verdict verdict = client.verify_history();
  INFO(verdict.sentence);
  CHECK(verdict.intact);
  CHECK(client.status().lost_entries == 0);  // the mark was never ahead
  storage::Store store({.path = options.store});
  CHECK(store.broken_invariants() == std::vector<std::string>{});
  std::printf("kill -9: seed %u, %d rounds, %.1f ms a round, %zu forms acknowledged\n",
              static_cast<unsigned>(seed), rounds,
              std::chrono::duration<double, std::milli>(took).count() / rounds, filed);
}

}  // namespace
}  // namespace lodge
