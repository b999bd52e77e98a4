#include "crash/faults/subjects.hpp"

#include <algorithm>
#include <memory>

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

Call withdraw(Desk& desk, int round) {
  const auto id = client_of(desk).submit(fresh_draft(desk, round, "regretted")).id;
  return [&desk, id] { client_of(desk).withdraw(id); };
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

Call remove(Desk& desk, int round) {
  return [&desk, round] { client_of(desk).remove(desk.record(round)); };
}

Call pause(Desk& desk, int round) {
  return
      [&desk, round] { client_of(desk).pause("lunch", {.lane = "lane " + std::to_string(round)}); };
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

Call deliver(Desk& desk, int round) {
  client_of(desk).submit(fresh_draft(desk, round, "delivered"));
  return [&desk] { client_of(desk).flush(); };
}

}  // namespace

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all = {
      {.name = "save", .prepare = save},
      {.name = "save large", .prepare = save_large, .rounds = 2},
      {.name = "submit", .prepare = submit},
      {.name = "submit_all", .prepare = submit_all},
      {.name = "withdraw", .prepare = withdraw},
      {.name = "discard", .prepare = discard},
      {.name = "autosave", .prepare = autosave},
      {.name = "remove", .prepare = remove},
      {.name = "pause", .prepare = pause},
      {.name = "read", .prepare = read, .only_reads = true},
      {.name = "open", .prepare = open_another, .only_reads = true},
      {.name = "create", .prepare = create, .only_reads = true},
      {.name = "deliver", .prepare = deliver, .heals_itself = true},
  };
  return all;
}

const Subject& subject(std::string_view name) {
  return *std::ranges::find(subjects(), name, &Subject::name);
}

}  // namespace lodge::test
