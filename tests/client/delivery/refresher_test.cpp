#include <algorithm>
#include <future>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/fault_server.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::Kiosk;
using test::state_of;

std::size_t reads(const Kiosk& kiosk) {
  return static_cast<std::size_t>(
      std::ranges::count(kiosk.seen, Method::get, [](const Request& r) { return r.method; }));
}

// Answers that were overtaken.

/// The server reads the record for a refresh, then takes this form; the form's answer comes first.
Submission overtake(Kiosk& kiosk, const json& content) {
  const Submission form = kiosk.file(ada, content);
  kiosk.wire->hold();
  CHECK(test::code_of([&] { kiosk.client->refresh(ada); }) == "io");
  const auto held = kiosk.wire->held();
  REQUIRE(held.size() == 2);
  CHECK(kiosk.wire->release(held[1]));
  kiosk.client->step();
  CHECK(state_of(*kiosk.client, form.id) == "delivered");
  CHECK(kiosk.wire->release(held[0]));
  kiosk.client->step();
  return form;
}

TEST_CASE("what was read before a form arrived does not hide that form when it comes later") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "09"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  overtake(kiosk, {{"monday", "10"}});
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json{{"monday", "10"}});
  CHECK(draft.base == BaseKind::version);
}

TEST_CASE("a late word that there is nothing does not hide what was created meanwhile") {
  Kiosk kiosk;
  kiosk.open();
  overtake(kiosk, {{"monday", "10"}});
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json{{"monday", "10"}});
  CHECK(draft.base == BaseKind::version);
  CHECK(kiosk.client->verify_history().intact);
}

TEST_CASE("a record whose answer was overtaken is read once more") {
  Kiosk kiosk;
  kiosk.open();
  overtake(kiosk, {{"monday", "10"}});
  kiosk.server.edit(ada, {{"monday", "11"}}, kiosk.clock->now());
  CHECK(reads(kiosk) == 2);
  kiosk.wire->release_all();  // read again before that edit
  kiosk.client->step();
  CHECK(kiosk.client->edit(ada).content == json{{"monday", "10"}});
  kiosk.client->refresh(ada);
  CHECK(kiosk.client->edit(ada).content == json{{"monday", "11"}});
}

/// A second client of the kiosk's store, which learns of every edit before the kiosk's answer
/// comes.
struct Overtaken : Kiosk {
  std::unique_ptr<Client> other{};
  std::string newest{};

  explicit Overtaken(std::size_t times) {
    Options mine = options();
    mine.deliver = false;
    mine.transport = std::make_shared<test::MemoryTransport>(
        [this](const Request& request) { return server.handle(request, clock->now()); });
    open();
    other = std::make_unique<Client>(mine);
    weather = [this, times](const Request& request) -> std::optional<Reply> {
      Reply reply = server.handle(request, clock->now());
      if (reads(*this) > times) return reply;
      newest = server.edit(ada, {{"edit", reads(*this)}}, clock->now());
      other->refresh(ada);
      return reply;
    };
  }
};

TEST_CASE("refresh brings the newest state where another process learned it meanwhile") {
  Overtaken kiosk(1);
  const Refreshed found = kiosk.client->refresh(ada);
  CHECK(reads(kiosk) == 2);
  REQUIRE(found.record.version);
  CHECK(found.record.version->tag == kiosk.newest);
  CHECK(kiosk.client->edit(ada).content == json{{"edit", 1}});
}

TEST_CASE("refresh brings what is known where it is overtaken again and again") {
  Overtaken kiosk(100);
  const Refreshed found = kiosk.client->refresh(ada);
  CHECK(reads(kiosk) == 2);
  REQUIRE(found.record.version);
  CHECK(found.record.version->tag == kiosk.newest);
  CHECK(kiosk.client->edit(ada).content == json{{"edit", 2}});
}

// The end.

TEST_CASE("P7: who waits for a read that is under way is told when the client closes", "[P7]") {
  test::FaultServer server([](const test::SeenRequest&) { return test::Script{test::Hang{}}; });
  test::TemporaryFolder folder;
  auto client = std::make_unique<Client>(test::live_options(folder, server.url("/v1")));
  client->flush();
  auto code = std::async(std::launch::async, [raw = client.get()] {
    return test::code_of([&] { raw->refresh(ada, std::chrono::minutes(5)); });
  });
  REQUIRE(server.wait_for_requests(1));
  client.reset();
  CHECK(code.get() == "io");
}

}  // namespace
}  // namespace lodge
