#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "storage/schema/statement_watch.hpp"
#include "storage/store_fixture.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;

namespace {

namespace fs = std::filesystem;

/// The lines of SQLite's plan for a statement.
std::vector<std::string> plan_of(Database& database, const std::string& sql) {
  Statement explain(database, "EXPLAIN QUERY PLAN " + sql);
  std::vector<std::string> lines;
  while (explain.step()) lines.emplace_back(explain.text(3));
  return lines;
}

bool is_costly(const std::string& line) {
  return line.starts_with("SCAN ") ? line != "SCAN CONSTANT ROW"
                                   : line.find("TEMP B-TREE") != std::string::npos;
}

bool has_plan(const std::string& sql) {
  return std::ranges::any_of(std::to_array({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}),
                             [&](const char* word) { return sql.starts_with(word); });
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// By the beginning of a line of their plan: what they read grows with nothing that is queued.
bool reads_all_by_design(const std::string& sql, const std::string& line) {
  // A page of a list that is asked for from its beginning; it ends at its LIMIT, in the order of
  // the key.
  if (contains(sql, "LIMIT") && line.starts_with("SCAN s USING INDEX submissions_unsettled"))
    return true;
  // Short lists: streams, gates and drafts; and the tables' own texts, once at the opening.
  for (const char* table : {"SCAN streams", "SCAN gates", "SCAN d", "SCAN sqlite_schema"})
    if (line.starts_with(table)) return true;
  if (contains(sql, "sqlite_schema")) return true;
  // What was under way when a flusher ended: as many as may be in flight.
  if (line == "SCAN a USING INDEX attempts_open") return true;
  // The last of a table, from its end.
  if (line == "SCAN history" && sql.ends_with("ORDER BY number DESC LIMIT 1")) return true;
  // Another endpoint is adopted once in years, and then everything has to be looked at.
  return sql.starts_with("UPDATE records SET version = NULL") ||
         sql.starts_with("UPDATE submissions INDEXED BY submissions_unsettled SET step = 'check'");
}

Settled refused(Kiosk& kiosk, const SubmissionId& id) {
  return kiosk.settled(id, kiosk.claim(id), State::rejected);
}

void edit(Kiosk& kiosk) {
  static_cast<void>(kiosk.store().tally());  // of a store without a submission
  Draft draft = kiosk.save(kiosk.form("ada"), R"({"a":1})");
  kiosk.now += std::chrono::seconds(20);
  const Draft stale = draft;
  draft = kiosk.save(draft, R"({"a":2})", true);
  static_cast<void>(errc_of([&] { kiosk.save(stale, R"({"a":3})"); }));  // another window's
  static_cast<void>(errc_of([&] { kiosk.save(stale, R"({"a":4})", true); }));
  kiosk.learn("ada", R"({"a":5})", "\"2\"");
  static_cast<void>(kiosk.store().edit_facts(draft.record, "", "normal"));
  static_cast<void>(kiosk.store().drafts({}));
  for (const Draft& each : kiosk.store().drafts("")) kiosk.store().discard(each.id, kiosk.act());
}

void file(Kiosk& kiosk) {
  const SubmitDraft both[] = {{.draft = kiosk.form("bob"), .bytes = R"({"b":1})"},
                              {.draft = kiosk.form("eve"), .bytes = R"({"b":2})"}};
  kiosk.store().submit_all(both, kiosk.act());
  kiosk.submit(kiosk.form("bob"), R"({"b":3})");
  kiosk.remove("eve");
  const Submission late = kiosk.submit("late", R"({"b":4})");
  Draft again = kiosk.form("late");
  again.id = late.id;
  kiosk.save(again, R"({"b":6})");  // after it was submitted
  kiosk.submit(again, R"({"b":4})");
  static_cast<void>(errc_of([&] { kiosk.save(kiosk.form("late"), R"({"b":5})"); }));
}

void deliver(Kiosk& kiosk) {
  kiosk.begin_epoch();
  std::vector<std::int64_t> streams;
  for (const Stream& stream : kiosk.store().streams()) streams.push_back(stream.number);
  const SubmissionId first = kiosk.due().front().submission.id;
  const auto claimed = kiosk.claim(first);
  auto settled = kiosk.settled(first, claimed, State::pending);
  settled.due_at = kiosk.now + std::chrono::hours(1);
  const GateChange shut{.gate = {.scope = GateScope::collection,
                                 .name = "availability",
                                 .reason = GateReason::refused,
                                 .since = kiosk.now,
                                 .until = kiosk.now}};
  kiosk.store().exchange({&settled, 1}, {&shut, 1}, {}, kiosk.epoch, kiosk.act());
  kiosk.store().change_gates({}, kiosk.act(), streams);
  static_cast<void>(kiosk.store().next_due(streams));
  for (const Due& due : kiosk.due()) kiosk.deliver(due.submission.id);
  const SubmissionId cut = kiosk.submit("cut", R"({"c":1})").id;
  const auto stopped = kiosk.claim(cut);
  kiosk.begin_epoch();  // by the next process; this one was stopped, and goes on
  kiosk.settle(kiosk.settled(cut, stopped, State::delivered));
}

void disagree(Kiosk& kiosk) {
  const auto conflict = kiosk.submit("carl", R"({"d":1})");
  kiosk.conflict(conflict.id, R"({"d":2})", "\"5\"");
  static_cast<void>(kiosk.store().conflicts({}));
  static_cast<void>(kiosk.store().conflicts(conflict.record));
  kiosk.store().resolve(conflict.id, Resolution::Kind::merged, R"({"d":3})", Version{"\"5\""},
                        kiosk.fresh_id(), kiosk.act());
  const auto merged = kiosk.submit("hugo", R"({"d":4})");
  Settled sent = kiosk.settled(merged.id, kiosk.claim(merged.id), State::delivered);
  sent.record = RecordLearned{.presence = Presence::present,
                              .version = Version{"\"1\""},
                              .text = RecordLearned::Text::of_request};
  kiosk.settle(sent);
  const auto bad = kiosk.submit("dora", R"({"e":1})");
  kiosk.settle(refused(kiosk, bad.id));
  kiosk.store().retry({.state = State::rejected}, kiosk.act());
  kiosk.settle(refused(kiosk, bad.id));
  const auto next = kiosk.submit("dora", R"({"e":2})");
  static_cast<void>(kiosk.store().ahead_of(next.id));
  static_cast<void>(kiosk.store().followers(bad.id));
  kiosk.store().withdraw(bad.id, true, false, kiosk.act());
  const auto damaged = kiosk.submit("finn", R"({"e":3})");
  kiosk.store().park_damaged(damaged.id, kiosk.act("damaged"));
  kiosk.store().withdraw(damaged.id, false, false, kiosk.act());
  const GateChange pause{.gate = {.scope = GateScope::all, .since = kiosk.now}};
  kiosk.store().change_gates({&pause, 1}, kiosk.act());
  GateChange resume = pause;
  resume.open = true;
  kiosk.store().change_gates({&resume, 1}, kiosk.act());
  kiosk.submit("gina", R"({"f":1})");
  kiosk.store().adopt_endpoint("https://new.example.org", kiosk.act("moved"));
}

void read(Kiosk& kiosk) {
  Store& store = kiosk.store();
  const auto all = store.outbox({.settled_too = true});
  for (const Submission& each : all) {
    static_cast<void>(store.delivery_facts(each.id));
    static_cast<void>(store.attempts(each.id));
    static_cast<void>(store.receipt(each.id));
    static_cast<void>(store.base_content(each.id));
  }
  static_cast<void>(store.outbox({}));
  static_cast<void>(store.outbox({.filter = {.state = State::rejected}}));
  static_cast<void>(store.outbox({.filter = {.id = all.front().id}}));
  static_cast<void>(kiosk.text_of(all.front().id));
  static_cast<void>(store.contents(std::to_array<ContentNumber>({1, 2})));
  static_cast<void>(store.record_content(all.front().record));
  static_cast<void>(store.record(all.front().record));
  static_cast<void>(store.gates());
  static_cast<void>(store.tally());
  static_cast<void>(store.fact("endpoint"));
  for (const auto& record : {std::optional<RecordId>(), std::optional(all[0].record)}) {
    static_cast<void>(store.history({.record = record}));
    static_cast<void>(store.history({.record = record, .submission = all[0].id}));
  }
  store.note_loss(kiosk.act());
  store.keep_mark();
}

/// What every statement that the store has is made of, as it stands in the sources: the pieces
/// between quotes of each constant text, and of each text given to use(). What checks or migrates a
/// whole store is left out.
std::set<std::string> pieces_of_all_statements() {
  const std::regex constant(R"re((?:const char\* \w+ =|\.use\()([^;]*);)re");
  const std::regex piece(R"re("((?:[^"\\]|\\.)*)")re");
  std::set<std::string> pieces;
  for (const auto& entry : fs::recursive_directory_iterator(LODGE_SOURCE_DIR "/storage")) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".cpp" || entry.path().parent_path().filename() == "schema" ||
        name == "invariants.cpp" || name == "history_verify.cpp")
      continue;
    std::stringstream whole;
    whole << std::ifstream(entry.path()).rdbuf();
    const std::string source = whole.str();
    for (std::sregex_iterator one(source.begin(), source.end(), constant), end; one != end; ++one) {
      const std::string text = (*one)[1];
      for (std::sregex_iterator part(text.begin(), text.end(), piece); part != end; ++part)
        pieces.insert((*part)[1]);
    }
  }
  return pieces;
}

struct Day {
  StatementWatch watch{};
  Kiosk kiosk{};

  std::set<std::string> live() {
    kiosk.store().set_fact("endpoint", "https://forms.example.org", kiosk.act());
    edit(kiosk);
    file(kiosk);
    deliver(kiosk);
    disagree(kiosk);
    read(kiosk);
    kiosk.reopen();
    return watch.seen();
  }
};

// Asked once a commit has failed, and once the mark knows of more than the store: by the tests of
// those (commit_fault_test.cpp, store_mark_test.cpp). Both read one row by its number.
bool runs_only_after_harm(const std::string& piece) {
  return piece == "SELECT 1 FROM history WHERE number = ?1 AND hash = ?2" ||
         piece == "SELECT coalesce(max(number), 0) FROM history";
}

}  // namespace

TEST_CASE("no statement of a call scans a table or sorts") {
  Day day;
  const auto statements = day.live();
  Database database({.path = day.kiosk.path(), .read_only = true});
  int examined = 0;
  for (const std::string& sql : statements) {
    if (!has_plan(sql)) continue;
    ++examined;
    for (const std::string& line : plan_of(database, sql)) {
      INFO(sql);
      INFO(line);
      CHECK((!is_costly(line) || reads_all_by_design(sql, line)));
    }
  }
  CHECK(examined > 60);
}

TEST_CASE("the day that shows the statements leaves none of the store's out") {
  Day day;
  const auto statements = day.live();
  const auto pieces = pieces_of_all_statements();
  CHECK(pieces.size() > 100);
  for (const std::string& piece : pieces) {
    INFO("no call of this test's day runs a statement with: " << piece);
    CHECK((runs_only_after_harm(piece) ||
           std::ranges::any_of(statements, [&](const auto& sql) { return contains(sql, piece); })));
  }
}

TEST_CASE("what is due is read from the index of due times alone") {
  Day day;
  const auto statements = day.live();
  Database database({.path = day.kiosk.path(), .read_only = true});
  int found = 0;
  for (const std::string& sql : statements) {
    if (!has_plan(sql) || !contains(sql, "due_at")) continue;
    for (const std::string& line : plan_of(database, sql))
      if (contains(line, "submissions_due (stream=?")) ++found;
  }
  CHECK(found >= 3);
}
