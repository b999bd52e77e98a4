// The loop of docs/threads.md, "Your own loop".

#include "client/own_loop.hpp"

#include <tuple>

namespace lodge {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::ada;
using test::OwnLoop;

const RecordId bob{"availability", "bob"};

void type(OwnLoop& loop, Draft& draft, int key) {
  draft.content["typed"] = key;
  loop.client().autosave(draft);
}

TEST_CASE("P1: what is typed into a client without threads is on disk before it ends", "[P1]") {
  OwnLoop loop;
  Draft draft = loop.client().edit(ada);
  for (int key = 1; key <= 100; ++key) {
    type(loop, draft, key);
    loop.live(milliseconds(100));
  }
  // Another process sees it, and the first has not ended.
  Options options = loop.kiosk().options();
  options.transport =
      std::make_shared<test::MemoryTransport>([](const Request&) { return test::no_connection(); });
  Client other(options);
  REQUIRE(other.drafts().size() == 1);
  CHECK(other.drafts()[0].content["typed"].get<int>() >= 80);
  loop.live(milliseconds(250));
  CHECK(other.drafts()[0].content["typed"] == 100);
}

TEST_CASE("an autosave wakes the host when it is due before the next step, not with every key") {
  OwnLoop loop;
  loop.live(minutes(1));
  const int steps = loop.steps();
  Draft draft = loop.client().edit(ada);
  Draft other = loop.client().edit(bob);
  REQUIRE(loop.posted() == 0);
  type(loop, draft, 1);
  CHECK(loop.posted() == 1);
  type(loop, draft, 2);
  type(loop, other, 1);
  CHECK(loop.posted() == 1);
  loop.live(milliseconds(0));
  type(loop, draft, 3);
  type(loop, other, 2);
  CHECK(loop.posted() == 0);
  loop.live(minutes(1));
  CHECK(loop.client().status().drafts == 2);
  CHECK(loop.steps() - steps <= 5);
  type(loop, draft, 4);
  CHECK(loop.posted() == 1);
}

// A rejected form, a conflict: what some calls begin with.
Submission rejected(OwnLoop& loop, const RecordId& record) {
  loop.kiosk().weather = [](const Request&) { return test::refusal(400); };
  const Submission form = loop.kiosk().file(record, {{"x", 1}});
  loop.live(minutes(1));
  loop.kiosk().weather = {};
  REQUIRE(test::state_of(loop.client(), form.id) == "rejected");
  return form;
}

Submission conflicted(OwnLoop& loop) {
  loop.kiosk().server.edit(ada, {{"x", 0}}, loop.kiosk().clock->now());
  const Submission form = loop.kiosk().file(ada, {{"x", 1}});
  loop.live(minutes(1));
  REQUIRE(test::state_of(loop.client(), form.id) == "conflicted");
  return form;
}

Submission waiting(OwnLoop& loop) {
  loop.client().pause("a test");
  const Submission form = loop.kiosk().file(ada, {{"x", 1}});
  loop.live(minutes(1));
  REQUIRE(test::state_of(loop.client(), form.id) == "pending");
  return form;
}

Draft typed(OwnLoop& loop, const RecordId& record) {
  Draft draft = loop.client().edit(record);
  type(loop, draft, 1);
  return draft;
}

struct Call {
  std::string name;
  std::function<void(OwnLoop&)> make;
};

std::vector<Call> calls_for_drafts() {
  return {
      {"autosave", [](OwnLoop& loop) { typed(loop, ada); }},
      {"edit", [](OwnLoop& loop) { loop.client().edit(typed(loop, ada).record); }},
      {"drafts", [](OwnLoop& loop) { typed(loop, ada), loop.client().drafts(); }},
      {"discard", [](OwnLoop& loop) { loop.client().discard(typed(loop, ada)); }},
      {"save",
       [](OwnLoop& loop) {
         Draft draft = typed(loop, ada);
         loop.client().save(draft);
       }},
      {"a save that is refused",
       [](OwnLoop& loop) {
         Draft other = loop.client().edit(ada);
         Draft draft = loop.client().edit(ada);
         loop.client().save(draft);
         type(loop, other, 2);
         loop.live(milliseconds(100));
         test::expect_refusal("stale_draft", [&] { loop.client().save(other); });
       }},
      {"amend", [](OwnLoop& loop) { loop.client().amend(rejected(loop, ada).id); }},
      {"an autosave by a handler",
       [](OwnLoop& loop) {
         const auto typing = loop.client().on_event([&](const Event& event) {
           if (event.kind == EventKind::submitted) typed(loop, bob);
         });
         loop.kiosk().file(ada, {{"x", 1}});
         loop.live(milliseconds(0));
       }},
  };
}

std::vector<Call> calls_for_submissions() {
  return {
      {"submit", [](OwnLoop& loop) { loop.client().submit(typed(loop, ada)); }},
      {"submit_all",
       [](OwnLoop& loop) {
         loop.client().submit_all(std::vector{typed(loop, ada), typed(loop, bob)});
       }},
      {"remove", [](OwnLoop& loop) { loop.client().remove(ada); }},
      {"withdraw", [](OwnLoop& loop) { loop.client().withdraw(waiting(loop).id); }},
      {"withdraw_from", [](OwnLoop& loop) { loop.client().withdraw_from(waiting(loop).id); }},
      {"retry", [](OwnLoop& loop) { loop.client().retry(rejected(loop, ada).id); }},
      {"retry of all",
       [](OwnLoop& loop) {
         rejected(loop, ada);
         CHECK(loop.client().retry(Filter()) == 1);
       }},
      {"resolve",
       [](OwnLoop& loop) {
         const Submission form = conflicted(loop);
         const auto version = loop.client().conflicts(ada).at(0).version;
         loop.client().resolve(form.id, Resolution::ours(), version);
       }},
  };
}

std::vector<Call> calls_for_delivery() {
  return {
      {"flush",
       [](OwnLoop& loop) {
         loop.kiosk().weather = [](const Request&) { return test::no_connection(); };
         loop.kiosk().file(ada, {{"x", 1}});
         loop.client().flush();
         loop.kiosk().weather = {};
       }},
      {"drain",
       [](OwnLoop& loop) {
         loop.kiosk().file(ada, {{"x", 1}});
         loop.client().drain(seconds(1));
       }},
      {"pause", [](OwnLoop& loop) { waiting(loop); }},
      {"resume",
       [](OwnLoop& loop) {
         waiting(loop);
         loop.client().resume();
       }},
      {"set_network",
       [](OwnLoop& loop) {
         loop.client().set_network(Path::offline);
         loop.kiosk().file(ada, {{"x", 1}});
         loop.live(minutes(1));
         loop.client().set_network(Path::online);
       }},
      {"a network that is back",
       [](OwnLoop& loop) {
         loop.network().set(Route::none);
         loop.kiosk().file(ada, {{"x", 1}});
         loop.live(minutes(1));
         loop.network().set(Route::exists);
       }},
      {"a reply that comes late",
       [](OwnLoop& loop) {
         loop.kiosk().wire->hold();
         loop.kiosk().file(ada, {{"x", 1}});
         loop.live(seconds(1));
         loop.kiosk().wire->release_all();
       }},
      {"refresh",
       [](OwnLoop& loop) {
         Draft draft = loop.client().edit(ada);
         loop.client().save(draft);
         loop.kiosk().server.edit(ada, {{"x", 0}}, loop.kiosk().clock->now());
         CHECK(loop.client().refresh(ada).draft_stale);
       }},
      {"a refresh that is answered late",
       [](OwnLoop& loop) {
         loop.kiosk().wire->hold();
         test::expect_refusal("io", [&] { loop.client().refresh(ada); });
         loop.live(seconds(1));
         loop.kiosk().wire->release_all();
       }},
  };
}

void expect_nothing_left(const Call& call) {
  INFO(call.name);
  OwnLoop loop;
  int events = 0;
  const auto counting = loop.client().on_event([&](const Event&) { ++events; });
  call.make(loop);
  loop.live(minutes(10));
  const auto seen = [&] {
    const Status status = loop.client().status();
    return std::tuple(events, loop.kiosk().seen.size(), status.drafts, status.waiting());
  };
  const auto before = seen();
  loop.client().step();
  CHECK(seen() == before);
}

TEST_CASE("after any call the loop is told when to step: one step more finds nothing to do") {
  for (const Call& call : calls_for_drafts()) expect_nothing_left(call);
  for (const Call& call : calls_for_submissions()) expect_nothing_left(call);
  for (const Call& call : calls_for_delivery()) expect_nothing_left(call);
}

}  // namespace
}  // namespace lodge
