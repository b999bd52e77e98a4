#include "client/hostile/bad_day.hpp"
#include "support/fair_time.hpp"

#include <nlohmann/json.hpp>

namespace lodge::test {
namespace {

using std::chrono::milliseconds;

const RecordId created_record{"creations", "a"};
const RecordId updated_record{"updates", "b"};
const RecordId removed_record{"removals", "c"};

nlohmann::json text(int number) { return {{"text", form_canary}, {"number", number}}; }

}  // namespace

BadDay::BadDay(Wire wire, const std::function<void(Options&)>& adjust) : server(wire) {
  Options options = server.options(folder_);
  options.authorize = [this](const Authorization&) {
    const std::lock_guard lock(overheard_.mutex);
    ++overheard_.sign_ins;
    return std::vector<Header>{{"Authorization", "Bearer " + token_canary}};
  };
  options.log = [this](const LogLine& line) { overheard_.add(line.event + ": " + line.words); };
  if (adjust) adjust(options);
  client = std::make_unique<Client>(options);
  listening_ = client->on_event([this](const Event& event) { overheard_.add(event.words); });
  file(*client, updated_record, text(1));
  file(*client, removed_record, text(1));
  REQUIRE(client->drain(std::chrono::seconds(20)));
}

BadDay::~BadDay() {
  listening_.end();
  const FairTime time;
  client.reset();
  CHECK(time.passed() < std::chrono::seconds(2));
}

void BadDay::file_and_flush() {
  client->pause("until all are filed");
  creation = file(*client, created_record, text(2));
  update = file(*client, updated_record, text(2));
  removal = client->remove(removed_record);
  client->resume();
  client->flush(std::chrono::seconds(20));
}

void BadDay::recover(bool retry) {
  server.heal();
  client->set_network(Path::online);
  const auto waits = [&] {
    const Status status = client->status();
    return status.waiting() > 0 || (retry && status.count(State::rejected) > 0);
  };
  for (int round = 0; round < 100 && waits(); ++round) {
    if (retry) client->retry(Filter{});
    client->resume();
    client->drain(milliseconds(200));
  }
  for (const Submission& form : forms()) {
    INFO(form.record.collection << ": " << client->explain(form.id).words);
    CHECK(state_of(*client, form.id) == "delivered");
  }
}

void BadDay::expect_states(const std::set<std::string>& writes,
                           const std::set<std::string>& removed) {
  for (const Submission& form : forms()) {
    const Explanation why = client->explain(form.id);
    INFO(form.record.collection << ": " << why.words);
    for (const Attempt& one : why.attempts)
      UNSCOPED_INFO(one.request << " " << one.outcome << " " << one.status << " " << one.detail);
    const std::string state(name(why.submission.state));
    CAPTURE(state);
    CHECK((form.id == removal.id ? removed : writes).contains(state));
    CHECK_FALSE(why.words.empty());
    const bool held = why.hold.reason != HoldReason::none && why.hold.reason != HoldReason::settled;
    if (held) CHECK((why.hold.until || !why.hold.act.empty()));
  }
}

void BadDay::expect_hold(const std::string& reason) {
  for (const Submission& form : forms()) {
    INFO(form.record.collection << ": " << client->explain(form.id).words);
    if (is_final(client->submission(form.id)->state)) continue;
    CHECK(hold_of(*client, form.id) == reason);
  }
}

void BadDay::expect_one_effect_each() {
  CHECK(server.effects_of(created_record) == 1);
  CHECK(server.effects_of(updated_record) == 2);
  CHECK(server.effects_of(removed_record) == 2);
  CHECK(server.doubled() == 0);
  CHECK(nlohmann::json::parse(server.document(created_record)) == text(2));
  CHECK(nlohmann::json::parse(server.document(updated_record)) == text(2));
  CHECK(server.document(removed_record).empty());
  CHECK(client->verify_history().intact);
}

void BadDay::expect_discretion() {
  std::string said;
  {
    const std::lock_guard lock(overheard_.mutex);
    said = overheard_.words;
  }
  for (const Submission& form : forms()) {
    const Explanation why = client->explain(form.id);
    said += why.words + why.submission.problem + why.hold.words;
    for (const Attempt& attempt : why.attempts) said += attempt.detail + attempt.outcome;
  }
  for (const GroupHold& hold : client->status().holds) said += hold.words;
  for (const HistoryEntry& entry : client->history({.limit = 1'000})) said += entry.why + entry.who;
  for (const std::string& canary : {token_canary, form_canary}) {
    const auto found = said.find(canary);
    INFO(said.substr(
        found == std::string::npos ? said.size() : found - std::min<std::size_t>(found, 80), 160));
    CHECK(found == std::string::npos);
  }
}

void expect_survival(const Case& the) {
  for (const Wire wire : every_wire) {
    CAPTURE(std::string(name(wire)));
    if (!can_have(wire)) continue;
    BadDay day(wire, [&](Options& options) {
      if (the.adjust) the.adjust(wire, options);
    });
    day.server.set_trouble(the.trouble);
    day.file_and_flush();
    day.expect_states(the.writes, the.removal.empty() ? the.writes : the.removal);
    if (!the.hold.empty()) day.expect_hold(the.hold);
    // Reading meets the same: an answer, or the word that there is none; nothing is lost by it.
    const auto refused =
        error_of([&] { day.client->refresh(day.creation.record, std::chrono::milliseconds(500)); });
    if (refused) CHECK(name(refused->code()) == "io");
    day.expect_discretion();
    day.recover(the.retry);
    day.expect_one_effect_each();
    day.expect_discretion();
  }
}

}  // namespace lodge::test
