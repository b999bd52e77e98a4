#include "crash/power/workloads.hpp"

#include <algorithm>

#include "support/fault_vfs.hpp"

namespace lodge::test {
namespace {

using namespace std::chrono_literals;

Submission file(Desk& desk, Client& client, int number, const std::string& words) {
  Draft draft = client.edit(desk.record(number));
  draft.content = desk.content(words);
  Submission submission;
  desk.call("submit " + words, [&] { submission = client.submit(draft); });
  desk.accept(submission, draft.content);
  return submission;
}

/// The store is made, and every later version's migration with it.
void creation(Desk& desk) {
  desk.disk.record();
  desk.moments.push_back({.position = 0, .state = desk.server.serialise()});
  desk.pass("create", [&] { desk.open(); });
}

void typing(Desk& desk) {
  desk.deliver = false;
  Client& client = desk.open();
  desk.begin_recording();
  Draft first = client.edit(desk.record(1));
  Draft second = client.edit(desk.record(2));
  for (int i = 0; i < 3; ++i) {
    first.content = desk.content("first " + std::to_string(i));
    desk.call("save first", [&] { client.save(first); });
    second.content = desk.content("second " + std::to_string(i));
    client.autosave(second);
    desk.clock->advance(3s);
    desk.call("autosave second", [&] { client.step(); });
  }
  desk.pass("discard", [&] { client.discard(first); });
  second.content = desk.content("after the log was emptied");
  client.autosave(second);
  desk.clock->advance(3s);
  desk.call("autosave again", [&] { client.step(); });
}

void queueing(Desk& desk) {
  desk.deliver = false;
  Client& client = desk.open();
  desk.begin_recording();
  const auto one = file(desk, client, 1, "one");
  file(desk, client, 1, "a follower of one");
  std::vector<Draft> drafts;
  for (int i = 3; i < 6; ++i) {
    drafts.push_back(client.edit(desk.record(i)));
    drafts.back().content = desk.content("batch");
  }
  std::vector<Submission> batch;
  desk.call("submit all", [&] { batch = client.submit_all(drafts); });
  for (std::size_t i = 0; i < batch.size(); ++i) desk.accept(batch[i], drafts[i].content);
  desk.call("submit again", [&] { client.submit_all(drafts); });
  desk.call("remove", [&] { client.remove(desk.record(6)); });
  desk.call("withdraw", [&] { client.withdraw_from(one.id); });
  desk.call("pause", [&] { client.pause("lunch"); });
  Draft draft = client.edit(desk.record(7));
  draft.content = desk.content("saved, then submitted");
  desk.call("save", [&] { client.save(draft); });
  Submission submission;
  desk.call("submit saved", [&] { submission = client.submit(draft); });
  desk.accept(submission, draft.content);
}

void delivery(Desk& desk) {
  Client& client = desk.open();
  desk.begin_recording();
  file(desk, client, 1, "one");
  file(desk, client, 1, "its follower");
  file(desk, client, 2, "two");
  int requests = 0;
  desk.weather = [&](const Request& request) -> std::optional<Reply> {
    ++requests;
    if (requests == 1) {
      static_cast<void>(desk.server.handle(request, desk.clock->now()));
      return Reply{.error = TransportError::cut, .departures = 1};  // done, but who knows
    }
    if (requests == 2) return Reply{.departures = 1, .status = 503};
    return std::nullopt;
  };
  for (int i = 0; i < 4; ++i) {
    desk.step();
    desk.clock->advance(1min);
  }
  desk.weather = {};
}

void conflict(Desk& desk) {
  Client& client = desk.open();
  desk.server.edit(desk.record(1), {{"words", "theirs"}}, desk.clock->now());
  desk.begin_recording();
  file(desk, client, 1, "ours");
  for (int i = 0; i < 3; ++i) {
    desk.step();
    desk.clock->advance(1min);
  }
  for (const auto& found : client.conflicts())
    desk.call("resolve",
              [&] { client.resolve(found.submission, Resolution::ours(), found.version); });
  for (int i = 0; i < 2; ++i) {
    desk.step();
    desk.clock->advance(1min);
  }
}

/// Two clients take turns on one store; either one's word counts for both.
void two_clients(Desk& desk) {
  Client& one = desk.open();
  desk.deliver = false;
  Client& other = desk.open();
  desk.begin_recording();
  for (int i = 0; i < 2; ++i) {
    file(desk, one, i, "one " + std::to_string(i));
    file(desk, other, 10 + i, "other " + std::to_string(i));
    Draft draft = other.edit(desk.record(20));
    draft.content = desk.content("typed at the other");
    desk.call("save", [&] { other.save(draft); });
  }
  desk.step();
}

/// The log has grown until it is cut; then its beginning is overwritten.
void long_log(Desk& desk) {
  desk.deliver = false;
  Client& client = desk.open();
  Draft draft = client.edit(desk.record(1));
  // A saved text is there twice, as the draft's and as the history's: 1,000 pages of log are near.
  for (int i = 0; i < 4; ++i) {
    draft.content = desk.content("large " + std::to_string(i), 470'000);
    client.save(draft);
  }
  desk.begin_recording();
  draft.content = desk.content("small again");
  desk.call("cut", [&] { client.save(draft); });
  for (int i = 0; i < 2; ++i) file(desk, client, 2 + i, "over the old log");
}

}  // namespace

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {
      {.name = "creation", .run = creation},
      {.name = "typing", .run = typing},
      {.name = "queueing", .run = queueing, .delivers = true},
      {.name = "delivery", .run = delivery, .delivers = true},
      {.name = "conflict", .run = conflict},
      {.name = "two clients", .run = two_clients, .delivers = true},
      {.name = "long log", .run = long_log},
  };
  return all;
}

const Workload& workload(std::string_view name) {
  return *std::ranges::find(workloads(), name, &Workload::name);
}

void after_a_cut(Desk& desk) {
  desk.call("recover", [&] { desk.open(); });
  Client& client = *desk.clients.front();
  file(desk, client, 90, "after the cut");
  Draft draft = client.edit(desk.record(91));
  draft.content = desk.content("given up");
  desk.call("save", [&] { client.save(draft); });
  desk.pass("discard", [&] { client.discard(draft); });
  file(desk, client, 92, "in the emptied log");
}

void submit_twice_for_once(Desk& desk) {
  desk.deliver = false;
  Client& client = desk.open();
  desk.begin_recording();
  std::vector<Draft> drafts;
  for (int i = 0; i < 2; ++i) drafts.push_back(client.edit(desk.record(i)));
  desk.call("both or none", [&] {
    for (const auto& draft : drafts) client.submit(draft);
  });
}

void believe_a_failed_commit(Desk& desk) {
  FaultVfs vfs(desk.disk.name());
  desk.vfs = vfs.name();
  desk.deliver = false;
  Client& client = desk.open();
  desk.begin_recording();
  const Draft draft = client.edit(desk.record(1));
  Submission submission{.id = draft.id};
  vfs.fail(DiskCall::sync, 1, DiskFault::io);
  desk.call("submit", [&] {
    try {
      client.submit(draft);
    } catch (const Error&) {  // disregarded
    }
  });
  desk.accept(submission, draft.content);
  desk.end_recording();
  desk.vfs.clear();
}

}  // namespace lodge::test
