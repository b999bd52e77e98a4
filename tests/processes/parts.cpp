#include "processes/parts.hpp"

#include <poll.h>

#include <algorithm>
#include <map>
#include <set>

#include "client/after_kills.hpp"
#include "storage/store.hpp"
#include "support/catch.hpp"

namespace lodge::test {
namespace {

using std::chrono::milliseconds;

constexpr int records_each = 4;

RecordId form_of(int part, int number) {
  return {"f", "w" + std::to_string(part) + "-" + std::to_string(number % records_each)};
}
RecordId notes_of(int part) { return {"d", "w" + std::to_string(part)}; }

void keep_trying(bool patient, const std::function<void()>& call) {
  for (;;) {
    try {
      return call();
    } catch (const Error& error) {
      if (!patient || error.code() != Errc::store_busy) throw;
    }
  }
}

/// Files forms without end and saves a draft between them; says so after each.
void write_for_ever(Client& client, int part, int from, bool patient, const Say& say) {
  for (int number = from;; ++number) {
    Draft draft = client.edit(form_of(part, number));
    draft.content = {{"number", number}};
    keep_trying(patient, [&] { client.submit(draft); });
    say("filed " + std::to_string(number));
    Draft notes = client.edit(notes_of(part));
    notes.content = {{"number", number}};
    keep_trying(patient, [&] { client.save(notes); });
    say("saved " + std::to_string(number));
  }
}

void play(const Options& options, const Role& role, int part, int from, const Say& say) {
  std::optional<Client> client;
  keep_trying(role.patient, [&] { client.emplace(options); });
  const Subscription events = client->on_event([&](const Event& event) {
    if (event.kind == EventKind::delivered) say("delivered");
  });
  say("open");
  if (role.writes) write_for_ever(*client, part, from, role.patient, say);
  for (;;) ::poll(nullptr, 0, -1);
}

int words_of(const std::deque<Part>& parts) {
  int sum = 0;
  for (const Part& part : parts) sum += part.heard();
  return sum;
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
  for (const int number : part.filed())
    acknowledged[form_of(part.number(), number).key].push_back(number);
  for (int i = 0; i < records_each; ++i) {
    const RecordId record = form_of(part.number(), i);
    const auto effects = effects_on(server, record);
    INFO(record.key);
    CHECK(std::ranges::is_sorted(effects));
    CHECK(std::set<int>(effects.begin(), effects.end()).size() == effects.size());
    CHECK(std::ranges::includes(effects, acknowledged[record.key]));
  }
}

void judge_history(Client& client) {
  const Verdict verdict = client.verify_history();
  INFO(verdict.sentence);
  CHECK(verdict.intact);
  CHECK(client.status().lost_entries == 0);  // the mark was never ahead
}

}  // namespace

void Part::start(const Options& options) {
  Options own = options;
  own.deliver = role_.delivers;
  const int from = next_;
  child_.emplace([=, this](const Say& say) { play(own, role_, number_, from, say); });
}

void Part::listen(milliseconds patience) {
  for (const std::string& line : child_->lines(patience)) {
    ++heard_;
    INFO(line);
    CHECK_FALSE(line.starts_with("thrown"));
    if (line.starts_with("filed ")) filed_.push_back(std::stoi(line.substr(6)));
    if (line.starts_with("saved ")) saved_ = std::stoi(line.substr(6));
  }
}

void Part::kill() {
  child_->kill();
  listen(milliseconds(0));
  if (!filed_.empty()) next_ = std::max(next_, filed_.back() + 1);
  next_ += 1;  // one more may have been filed without a word of it
}

int wait_for_words(std::deque<Part>& parts, int count, milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const int before = words_of(parts);
  for (;;) {
    std::vector<pollfd> watched;
    for (Part& part : parts) watched.push_back({part.process().descriptor(), POLLIN, 0});
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const int said = words_of(parts) - before;
    if (said >= count || left.count() <= 0) return said;
    if (::poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0) return said;
    for (Part& part : parts) part.listen(milliseconds(0));
  }
}

std::size_t judge(std::deque<Part>& parts, LiveServer& server, const Options& options) {
  for (Part& part : parts) part.kill();
  Client client(after_kills(options));
  CHECK(client.drain(std::chrono::seconds(120)));
  for (const Submission& one : client.outbox()) UNSCOPED_INFO(client.explain(one.id).words);
  CHECK(client.status().waiting() == 0);
  CHECK(client.status().count(State::rejected) + client.status().count(State::conflicted) == 0);
  std::size_t filed = 0;
  for (const Part& part : parts) {
    judge_order(server, part);
    filed += part.filed().size();
    CHECK(client.edit(notes_of(part.number())).content.value("number", -1) >= part.saved());
  }
  CHECK(server.doubled() == 0);
  CHECK(static_cast<std::int64_t>(server.effects()) == client.status().count(State::delivered));
  judge_history(client);
  storage::Store store({.path = options.store});
  CHECK(store.broken_invariants() == std::vector<std::string>{});
  return filed;
}

}  // namespace lodge::test
