#include "crash/faults/subjects.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace lodge::test {
namespace {

using Call = std::function<void()>;

Client& client_of(Desk& desk) { return *desk.clients.front(); }

Draft fresh_draft(Desk& desk, int round, const std::string& words, std::size_t size = 0) {
  Draft draft = client_of(desk).edit(desk.record(round));
  draft.content = desk.content(words, size);
  return draft;
}

Call save(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "saved"));
  return [&desk, draft] { client_of(desk).save(*draft); };
}

Call save_large(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "saved", 60'000));
  return [&desk, draft] { client_of(desk).save(*draft); };
}

Call submit(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "submitted"));
  return [&desk, draft] { client_of(desk).submit(*draft); };
}

Call submit_all(Desk& desk, int round) {
  auto drafts = std::make_shared<std::vector<Draft>>();
  for (int i = 0; i < 2; ++i) drafts->push_back(fresh_draft(desk, 2 * round + i, "batch"));
  return [&desk, drafts] { client_of(desk).submit_all(*drafts); };
}

SubmissionId submitted(Desk& desk, int round, const std::string& words) {
  return client_of(desk).submit(fresh_draft(desk, round, words)).id;
}

Call submit_large(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "submitted", 200'000));
  return [&desk, draft] { client_of(desk).submit(*draft); };
}

Call withdraw(Desk& desk, int round) {
  const auto id = submitted(desk, round, "regretted");
  return [&desk, id] { client_of(desk).withdraw(id); };
}

Call withdraw_from(Desk& desk, int round) {
  const auto id = submitted(desk, round, "regretted");
  submitted(desk, round, "its follower");
  return [&desk, id] { client_of(desk).withdraw_from(id); };
}

Call remove(Desk& desk, int round) {
  return [&desk, round] { client_of(desk).remove(desk.record(round)); };
}

Call discard(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "given up"));
  client_of(desk).save(*draft);
  return [&desk, draft] { client_of(desk).discard(*draft); };
}

Call autosave(Desk& desk, int round) {
  auto draft = std::make_shared<Draft>(fresh_draft(desk, round, "typed"));
  return [&desk, draft] { client_of(desk).autosave(*draft); };
}

Call pause(Desk& desk, int round) {
  return
      [&desk, round] { client_of(desk).pause("lunch", {.lane = "lane " + std::to_string(round)}); };
}

Call resume(Desk& desk, int round) {
  const Scope lane{.lane = "lane " + std::to_string(round)};
  client_of(desk).pause("lunch", lane);
  return [&desk, lane] { client_of(desk).resume(lane); };
}

Call verify(Desk& desk, int) {
  return [&desk] {
    if (!client_of(desk).verify_history().intact) throw std::runtime_error("not intact");
  };
}

Call explain(Desk& desk, int round) {
  const auto id = submitted(desk, round, "waits");
  return [&desk, id] { client_of(desk).explain(id); };
}

Call close(Desk& desk, int round) {
  auto another = std::make_shared<std::unique_ptr<Client>>();
  *another = std::make_unique<Client>(desk.options());
  Draft draft = (*another)->edit(desk.record(round));
  draft.content = desk.content("not saved yet");
  (*another)->autosave(draft);
  return [another] { another->reset(); };
}

Call read(Desk& desk, int) {
  return [&desk] { static_cast<void>(view_of(client_of(desk))); };
}

Call open_another(Desk& desk, int) {
  return [&desk] {
    auto options = desk.options();
    options.deliver = false;
    const Client another(options);
  };
}

Call create(Desk& desk, int round) {
  return [&desk, round] {
    auto options = desk.options();
    options.store += std::to_string(round);
    const Client another(options);
  };
}

Call refresh(Desk& desk, int round) {
  desk.server.edit(desk.record(round), {{"words", "theirs"}}, desk.clock->now());
  return [&desk, round] { client_of(desk).refresh(desk.record(round)); };
}

/// Somebody else was first; the check that finds it has been made.
SubmissionId conflicted(Desk& desk, int round) {
  desk.server.edit(desk.record(round), {{"words", "theirs"}}, desk.clock->now());
  const auto id = submitted(desk, round, "ours");
  for (int i = 0; i < 20 && client_of(desk).conflicts(desk.record(round)).empty(); ++i) {
    client_of(desk).flush();
    desk.clock->advance(std::chrono::minutes(1));
  }
  return id;
}

Call amend(Desk& desk, int round) {
  const auto id = conflicted(desk, round);
  // Kept until the trouble is over: a nlohmann::json needs memory to be destroyed.
  auto draft = std::make_shared<Draft>();
  return [&desk, id, draft] { *draft = client_of(desk).amend(id); };
}

Call resolve(Desk& desk, int round) {
  const auto id = conflicted(desk, round);
  const auto version = client_of(desk).conflicts(desk.record(round)).at(0).version;
  return [&desk, id, version] { client_of(desk).resolve(id, Resolution::ours(), version); };
}

Call deliver(Desk& desk, int round) {
  submitted(desk, round, "delivered");
  return [&desk] { client_of(desk).flush(); };
}

/// The server has the form, and its answer was lost: the pass repeats it.
Call deliver_in_doubt(Desk& desk, int round) {
  submitted(desk, round, "delivered twice, with one effect");
  desk.weather = [&desk](const Request& request) {
    static_cast<void>(desk.server.handle(request, desk.clock->now()));
    return Reply{.error = TransportError::cut, .departures = 1};
  };
  client_of(desk).flush();
  desk.weather = {};
  desk.clock->advance(std::chrono::minutes(20));
  return [&desk] { client_of(desk).flush(); };
}

/// The pass finds that somebody else was first, and reads what they wrote.
Call find_conflict(Desk& desk, int round) {
  desk.server.edit(desk.record(round), {{"words", "theirs"}}, desk.clock->now());
  submitted(desk, round, "ours");
  return [&desk] { client_of(desk).flush(); };
}

}  // namespace

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all = {
      {.name = "save", .prepare = save},
      {.name = "save large", .prepare = save_large, .rounds = 2},
      {.name = "submit", .prepare = submit},
      {.name = "submit_all", .prepare = submit_all},
      {.name = "submit large", .prepare = submit_large, .rounds = 2},
      {.name = "withdraw", .prepare = withdraw},
      {.name = "withdraw_from", .prepare = withdraw_from},
      {.name = "amend", .prepare = amend, .only_reads = true, .delivers = true, .rounds = 3},
      {.name = "discard", .prepare = discard},
      {.name = "autosave", .prepare = autosave},
      {.name = "remove", .prepare = remove},
      {.name = "pause", .prepare = pause},
      {.name = "resume", .prepare = resume},
      {.name = "resolve", .prepare = resolve, .delivers = true, .rounds = 3},
      {.name = "read", .prepare = read, .only_reads = true},
      {.name = "verify", .prepare = verify, .only_reads = true},
      {.name = "explain", .prepare = explain, .only_reads = true},
      {.name = "refresh", .prepare = refresh, .only_reads = true, .learns = true, .delivers = true},
      {.name = "open", .prepare = open_another, .only_reads = true},
      {.name = "close", .prepare = close, .only_reads = true},
      {.name = "create", .prepare = create, .only_reads = true},
      {.name = "deliver", .prepare = deliver, .heals_itself = true},
      {.name = "deliver in doubt", .prepare = deliver_in_doubt, .heals_itself = true},
      {.name = "find a conflict", .prepare = find_conflict, .heals_itself = true, .rounds = 3},
  };
  return all;
}

const Subject& subject(std::string_view name) {
  return *std::ranges::find(subjects(), name, &Subject::name);
}

}  // namespace lodge::test
