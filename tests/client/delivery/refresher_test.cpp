#include <algorithm>
#include <future>
#include <map>

#include "client/client_case.hpp"
#include "client/live_server.hpp"
#include "support/fault_server.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::Kiosk;
using test::state_of;

constexpr const char* origin = "http://127.0.0.1:8080";

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

TEST_CASE(
    "refresh brings the newest that is known where it is overtaken, once or again and again") {
  const auto [times, edit] = GENERATE(table<std::size_t, int>({{1, 1}, {100, 2}}));
  Overtaken kiosk(times);
  const Refreshed found = kiosk.client->refresh(ada);
  CHECK(reads(kiosk) == 2);
  REQUIRE(found.record.version);
  CHECK(found.record.version->tag == kiosk.newest);
  CHECK(kiosk.client->edit(ada).content == json{{"edit", edit}});
}

// Redirects.

Reply moved_to(const std::string& location) { return test::answer(307, {{"Location", location}}); }

/// A kiosk that signs in, and whose record has moved as these say: from URL to Location.
struct Moved : Kiosk {
  std::string home{};  ///< the record's own URL
  std::map<std::string, std::string> ways{};

  Moved() {
    server.edit(ada, {{"monday", "09"}}, clock->now());
    Options mine = options();
    mine.authorize = [](const Authorization&) {
      return std::vector<Header>{{"Authorization", "Bearer of-this-origin"}};
    };
    client = std::make_unique<Client>(mine);
    weather = [this](const Request& request) -> std::optional<Reply> {
      if (home.empty()) home = request.url;
      const auto way = ways.find(request.url == home ? "home" : request.url);
      if (way != ways.end()) return moved_to(way->second);
      Request there = request;
      there.url = home;
      return server.handle(there, clock->now());
    };
  }
};

TEST_CASE("refresh follows three redirects within the origin, each from where the last one led") {
  Moved kiosk;
  const std::string base = origin;
  kiosk.ways = {{"home", "/moved/first/ada"},
                {base + "/moved/first/ada", "second/ada"},
                {base + "/moved/first/second/ada", base + "/third/ada"}};
  CHECK(kiosk.client->refresh(ada).record.presence == Presence::present);
  CHECK(kiosk.client->edit(ada).content == json{{"monday", "09"}});
  CHECK(reads(kiosk) == 4);
  CHECK(kiosk.seen.back().url == base + "/third/ada");
  for (const Request& request : kiosk.seen) {
    CHECK(header(request.headers, "Authorization") == "Bearer of-this-origin");
    CHECK(header_count(request.headers, "Authorization") == 1);
  }
}

TEST_CASE("refresh does not follow a fourth redirect") {
  Moved kiosk;
  const std::string base = origin;
  kiosk.ways = {{"home", "/1"}, {base + "/1", "/2"}, {base + "/2", "/3"}, {base + "/3", "/4"}};
  CHECK(test::code_of([&] { kiosk.client->refresh(ada); }) == "io");
  CHECK(reads(kiosk) == 4);
}

TEST_CASE("refresh does not follow a redirect to another origin") {
  Moved kiosk;
  kiosk.ways = {{"home", "http://127.0.0.1:9090/v1/availability/ada"}};
  CHECK(test::code_of([&] { kiosk.client->refresh(ada); }) == "io");
  CHECK(reads(kiosk) == 1);
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
