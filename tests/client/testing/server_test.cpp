#include "lodge/testing/server.hpp"

#include "lodge/testing/network.hpp"
#include "support/catch.hpp"

namespace lodge::testing {
namespace {

const RecordId ada{"availability", "ada"};
const Time noon{std::chrono::hours(12)};

Request put(const std::string& condition, const std::string& value) {
  return {.method = Method::put,
          .url = "https://forms.example.org/v1/availability/ada",
          .headers = {{"Content-Type", "application/json"}, {condition, value}},
          .body = R"({"monday":"early"})"};
}

Request create() { return put("If-None-Match", "*"); }

TEST_CASE("the kit's server keeps what is put and tells who changed it") {
  Server server;
  CHECK(server.handle(create(), noon).status == 201);
  REQUIRE(server.version(ada));
  CHECK(server.content(ada) == nlohmann::json{{"monday", "early"}});
  CHECK(server.remove(ada, noon));
  CHECK_FALSE(server.remove(ada, noon));
  CHECK_FALSE(server.content(ada));
  REQUIRE(server.changes().size() == 2);
  CHECK(server.changes()[1].removed);
  CHECK(server.changes()[1].by == "somebody else");
  CHECK(server.changes({"availability", "ben"}).empty());
  CHECK(server.requests() == 1);
}

TEST_CASE("scripts are used up in order, and reads pass by those for writes") {
  Server server;
  server.answer_next(503, {{"Retry-After", "7"}});
  server.lose_next_request();
  Request read = create();
  read.method = Method::get;
  CHECK(server.handle(read, noon).status == 404);
  const Reply busy = server.handle(create(), noon);
  CHECK(busy.status == 503);
  CHECK(header(busy.headers, "Retry-After") == "7");
  CHECK(header(busy.headers, "Content-Type") == "application/problem+json");
  CHECK(server.handle(create(), noon).error == TransportError::timeout);
  CHECK(server.changes().empty());
  CHECK(server.handle(create(), noon).status == 201);

  server.answer_anything_next({.departures = 1, .status = 204});
  CHECK(server.handle(read, noon).status == 204);
  server.lose_next_reply();
  server.drop_scripts();
  CHECK_FALSE(server.has_scripts());
}

TEST_CASE("a reply that is lost leaves its effect") {
  Server server;
  server.lose_next_reply();
  CHECK(server.handle(create(), noon).error == TransportError::cut);
  CHECK(server.changes().size() == 1);
  CHECK(server.handle(put("If-Match", server.version(ada)->tag), noon).status == 204);
}

TEST_CASE("a scripted network tells its client of changes alone") {
  ScriptedNetwork network;
  int told = 0;
  network.on_change([&] { ++told; });
  network.set(Route::exists);
  CHECK(told == 0);
  network.set(Route::none);
  CHECK(told == 1);
  CHECK(network.route("forms.example.org", 443) == Route::none);
  network.twitch();
  CHECK(told == 2);
  network.set_untold(Route::exists);
  CHECK(told == 2);
  CHECK(network.route("forms.example.org", 443) == Route::exists);
  network.set(Route::none);
  CHECK(told == 3);
  network.on_change({});
  network.set(Route::exists);
  CHECK(told == 3);
}

}  // namespace
}  // namespace lodge::testing
