#include <map>

#include "client/client_case.hpp"

// P6: what one form, or one group of forms, meets holds up nobody else.
namespace lodge {
namespace {

using test::ada;
using test::hold_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

Reply page(int status) {
  return test::answer(status, {{"Content-Type", "text/html"}}, "<html>no</html>");
}

bool is_for(const Request& request, const char* part) {
  return request.url.find(part) != std::string::npos;
}

TEST_CASE("P6: a form that gets a page for an answer makes no fresh one wait a minute", "[P6]") {
  for (const int status : {403, 404}) {
    Kiosk kiosk;
    kiosk.weather = [status](const Request& request) -> std::optional<Reply> {
      if (!is_for(request, "poison")) return std::nullopt;
      return page(status);
    };
    kiosk.open();
    std::map<SubmissionId, Time> done;
    const Subscription told = kiosk.client->on_event([&](const Event& event) {
      if (event.kind == EventKind::delivered) done[*event.submission] = kiosk.clock->now();
    });
    kiosk.file({"f", "poison"}, {{"x", 1}});
    for (int i = 0; i < 50; ++i) {
      const Time filed = kiosk.clock->now();
      const Submission good = kiosk.file({"f", "good" + std::to_string(i)}, {{"x", i}});
      kiosk.run(20 * minute);
      REQUIRE(done.contains(good.id));
      CHECK(done[good.id] - filed < minute);
    }
  }
}

TEST_CASE("P6: behind a portal a fresh form is tried again after seconds, not after its wait",
          "[P6]") {
  Kiosk kiosk;
  bool portal = true;
  kiosk.weather = [&](const Request&) -> std::optional<Reply> {
    if (!portal) return std::nullopt;
    return page(200);
  };
  kiosk.open();
  kiosk.file({"f", "one"}, {{"x", 1}});
  kiosk.run(second);
  REQUIRE(kiosk.client->status().path == Path::captive);
  const Submission fresh = kiosk.file({"f", "two"}, {{"x", 2}});
  portal = false;  // signed in
  kiosk.run(10 * second);
  CHECK(state_of(*kiosk.client, fresh.id) == "delivered");
}

TEST_CASE("P6: a backlog that may go does not keep a group of forms from its probe", "[P6]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.in_flight = 4;
  bool refuse = true;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (!refuse || !is_for(request, "/b/")) return std::nullopt;
    return test::answer(405, {{"Content-Type", "application/json"}}, "{}");
  };
  kiosk.client = std::make_unique<Client>(options);
  const Submission held = kiosk.file({"b", "1"}, {{"x", 1}});
  kiosk.run(std::chrono::milliseconds(100));
  REQUIRE(hold_of(*kiosk.client, held.id) == "refused");
  refuse = false;
  kiosk.wire->hold();
  for (int i = 0; i < 300; ++i) kiosk.file({"a", std::to_string(i)}, {{"x", i}});
  const auto probed = [&] {
    return std::ranges::count_if(kiosk.seen,
                                 [](const Request& one) { return is_for(one, "/b/"); }) > 1;
  };
  int answered = 0;
  for (; answered < 250 && !probed(); ++answered) {
    kiosk.client->step();
    kiosk.clock->advance(std::chrono::milliseconds(300));
    const auto waiting = kiosk.wire->held();
    if (!waiting.empty()) kiosk.wire->release(waiting.front());
  }
  CHECK(answered < 20);
}

TEST_CASE("N9: credentials that cannot be had are asked for once in a pass, and told once",
          "[N9]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  int asked = 0;
  options.authorize = [&](const Authorization&) -> std::vector<Header> {
    ++asked;
    throw std::runtime_error("the key store is locked");
  };
  kiosk.client = std::make_unique<Client>(options);
  int told = 0;
  const Subscription listening = kiosk.client->on_event(
      [&](const Event& event) { told += event.kind == EventKind::hold_changed ? 1 : 0; });
  for (int i = 0; i < 16; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  kiosk.client->step();
  CHECK(asked == 1);
  CHECK(told == 1);
}

TEST_CASE("N9: refusals that come one after the other ask for fresh credentials once", "[N9]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  int refreshes = 0;
  std::string token = "Bearer old";
  options.authorize = [&](const Authorization& about) {
    if (about.refresh) token = "Bearer new" + std::to_string(++refreshes);
    return std::vector<Header>{{"Authorization", token}};
  };
  kiosk.weather = [](const Request& request) -> std::optional<Reply> {
    if (header(request.headers, "Authorization") == "Bearer old") return test::answer(401);
    return std::nullopt;
  };
  kiosk.client = std::make_unique<Client>(options);
  kiosk.wire->hold();
  for (int i = 0; i < 16; ++i) kiosk.file({"f", std::to_string(i)}, {{"x", i}});
  kiosk.client->step();
  for (const TransferId id : kiosk.wire->held()) {
    kiosk.wire->release(id);
    kiosk.client->step();
    kiosk.clock->advance(std::chrono::milliseconds(20));
  }
  kiosk.wire->release_all();
  kiosk.run(minute);
  CHECK(refreshes == 1);
  CHECK(kiosk.client->status().count(State::delivered) == 16);
}

TEST_CASE("a relative Location is relative to the address that was redirected last") {
  Kiosk kiosk;
  std::vector<std::string> places;
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    places.push_back(request.url.substr(request.url.find('/', 8)));
    if (places.back() == "/v1/f/ada") return test::answer(307, {{"Location", "/new/place/ada"}});
    if (places.back() == "/new/place/ada") return test::answer(307, {{"Location", "final"}});
    return test::answer(201, {{"ETag", "\"1\""}});
  };
  kiosk.open();
  const Submission form = kiosk.file({"f", "ada"}, {{"x", 1}});
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, form.id) == "delivered");
  CHECK(places == std::vector<std::string>{"/v1/f/ada", "/new/place/ada", "/new/place/final"});
}

}  // namespace
}  // namespace lodge
