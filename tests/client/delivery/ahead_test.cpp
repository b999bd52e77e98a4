#include <atomic>
#include <thread>

#include "client/client_fixture.hpp"
#include "support/catch.hpp"
#include "support/fault_vfs.hpp"
#include "support/paced_transport.hpp"

namespace lodge {
namespace {

using test::DiskCall;
using test::Kiosk;

/// A kiosk whose wire has 16 places and answers some of them each millisecond.
struct Paced {
  test::FaultVfs vfs{};
  Kiosk kiosk{};
  std::function<std::optional<Reply>(const Request&)> weather{};
  std::shared_ptr<test::PacedTransport> wire =
      std::make_shared<test::PacedTransport>(16, 256, [this](const Request& request) {
        if (weather) {
          if (auto reply = weather(request)) return *reply;
        }
        return kiosk.server.handle(request, kiosk.clock->now());
      });

  explicit Paced(int forms) {
    Options options = kiosk.options();
    options.transport = wire;
    options.sqlite_vfs = vfs.name();
    kiosk.client = std::make_unique<Client>(options);
    std::vector<Draft> drafts;
    for (int i = 0; i < forms; ++i) {
      drafts.push_back(kiosk.client->edit({"availability", "form" + std::to_string(i)}));
      drafts.back().content["monday"] = i;
    }
    kiosk.client->submit_all(drafts);
  }

  void pass(int answers) {
    wire->answer(answers);
    kiosk.client->step();
    kiosk.clock->advance(Duration(1));
  }
  void run_until_delivered(int answers) {
    for (int passes = 0; kiosk.client->status().waiting() > 0; ++passes) {
      REQUIRE(passes < 5'000);
      pass(answers);
    }
  }
  std::int64_t count(State state) { return kiosk.client->status().count(state); }
};

}  // namespace

TEST_CASE("while answers come quickly, many share a sync") {
  Paced paced(2'000);
  const auto before = paced.vfs.count(DiskCall::sync);
  paced.run_until_delivered(16);
  const auto syncs = paced.vfs.count(DiskCall::sync) - before;
  CHECK(paced.count(State::delivered) == 2'000);
  CHECK(paced.wire->begun == 2'000);
  INFO("syncs: " << syncs);
  CHECK(syncs <= 80);  // 0.04 each, checkpoints and the first careful steps among them
}

TEST_CASE("while others write, too, few answers are recorded at a time, and none is lost") {
  Paced paced(2'000);
  for (int i = 0; i < 60; ++i) paced.pass(16);
  REQUIRE(paced.wire->kept() > 100);
  paced.vfs.set_sync_delay(2'000);  // microseconds: two who write meet
  Client& client = *paced.kiosk.client;
  std::atomic<int> saved = 0;
  std::atomic<bool> enough = false;
  std::vector<std::jthread> others;
  for (int i = 0; i < 2; ++i) {
    others.emplace_back([&, i] {
      Draft draft = client.edit({"availability", "other" + std::to_string(i)});
      for (; !enough; ++saved) {
        draft.content["saved"] = saved.load();
        client.save(draft);
      }
    });
  }
  while (saved < 20) std::this_thread::yield();
  bool few = false;
  for (int round = 0; round < 8 && !few; ++round) {
    for (int i = 0; i < 6; ++i) paced.wire->answer(16);
    const auto before = paced.count(State::delivered);
    paced.kiosk.client->step();
    few = paced.count(State::delivered) - before == 8;
  }
  enough = true;
  others.clear();
  CHECK(few);
  paced.vfs.set_sync_delay(0);
  paced.run_until_delivered(16);
  CHECK(paced.kiosk.server.ledger().effects().size() == 2'000);
  CHECK(paced.wire->begun == 2'000);
}

TEST_CASE("where answers come slowly, no form is opened before it can leave") {
  Paced paced(100);
  for (int i = 0; i < 40; ++i) {
    paced.pass(1);
    paced.kiosk.clock->advance(std::chrono::milliseconds(500));
    CHECK(paced.wire->kept() == 0);
    CHECK(paced.count(State::sending) <= 16);
  }
}

TEST_CASE("a pause takes back what has not left, and it is pending as before") {
  Paced paced(2'000);
  for (int i = 0; i < 60; ++i) paced.pass(16);
  REQUIRE(paced.wire->kept() > 16);
  paced.kiosk.client->pause("lunch");
  const int begun = paced.wire->begun;
  paced.kiosk.client->step();
  CHECK(paced.wire->kept() == 0);
  CHECK(paced.wire->recalled > 16);
  paced.wire->answer(16);
  paced.kiosk.client->step();
  paced.kiosk.client->step();
  CHECK(paced.wire->begun == begun);
  CHECK(paced.count(State::sending) == 0);
  CHECK(paced.count(State::unconfirmed) == 0);
  CHECK(paced.kiosk.client->outbox({.limit = 1}).at(0).tries == 0);
  paced.kiosk.client->resume();
  paced.run_until_delivered(16);
  CHECK(paced.kiosk.server.ledger().effects().size() == 2'000);
  CHECK(paced.kiosk.client->verify_history().intact);
}

TEST_CASE("a server that asks for patience gets no more than what was on the wire") {
  Paced paced(2'000);
  for (int i = 0; i < 60; ++i) paced.pass(16);
  REQUIRE(paced.wire->kept() > 16);
  paced.weather = [](const Request&) {
    return Reply{.status = 503, .headers = {{"Retry-After", "60"}}};
  };
  paced.pass(1);
  const int begun = paced.wire->begun;
  for (int i = 0; i < 10; ++i) paced.pass(16);
  CHECK(paced.wire->begun == begun);
  CHECK(paced.wire->kept() == 0);
  CHECK(paced.count(State::sending) == 0);
}

TEST_CASE("what has not left when the client closes is pending, not unconfirmed") {
  Paced paced(2'000);
  for (int i = 0; i < 60; ++i) paced.pass(16);
  REQUIRE(paced.wire->kept() > 16);
  Options options = paced.kiosk.options();
  options.sqlite_vfs = paced.vfs.name();
  options.deliver = false;
  paced.kiosk.client.reset();
  paced.kiosk.client = std::make_unique<Client>(options);
  CHECK(paced.count(State::sending) == 0);
  CHECK(paced.count(State::unconfirmed) == 16);
}

TEST_CASE("answers of one record's forms come in order also while many share a sync") {
  Paced paced(0);
  std::vector<std::string> seen;
  paced.weather = [&](const Request& request) -> std::optional<Reply> {
    if (request.url.ends_with("/chain")) seen.push_back(request.body);
    return std::nullopt;
  };
  std::vector<std::string> made;
  for (int i = 0; i < 400; ++i) {
    const bool chained = i % 20 == 0;
    Draft draft =
        paced.kiosk.client->edit({"availability", chained ? "chain" : "form" + std::to_string(i)});
    draft.content["monday"] = i;
    if (chained) made.push_back(draft.content.dump());
    paced.kiosk.client->submit(draft);
  }
  paced.run_until_delivered(16);
  CHECK(seen == made);
}

}  // namespace lodge
