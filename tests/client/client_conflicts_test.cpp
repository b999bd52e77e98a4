#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::expect_refusal;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

/// A kiosk with one conflict: theirs is {"x": "theirs"}.
struct ConflictKiosk : Kiosk {
  Submission ours{};
  ConflictKiosk() {
    server.edit(ada, {{"x", "theirs"}}, clock->now());
    open();
    ours = file(ada, {{"x", "ours"}});
    run(minute);
    REQUIRE(test::state_of(*client, ours.id) == "conflicted");
  }
  Conflict shown() { return client->conflicts(ada).at(0); }
  json at_server() { return json::parse(*server.find(ada)->content); }
};

TEST_CASE("a conflict ends by theirs, ours or a merged text") {
  {
    ConflictKiosk kiosk;
    CHECK_FALSE(kiosk.client->resolve(kiosk.ours.id, Resolution::theirs(), kiosk.shown().version));
    CHECK(state_of(*kiosk.client, kiosk.ours.id) == "withdrawn");
    kiosk.run(minute);
    CHECK(kiosk.at_server()["x"] == "theirs");
    CHECK(kiosk.client->edit(ada).content["x"] == "theirs");
  }
  for (const auto& resolution : {Resolution::ours(), Resolution::merged({{"x", "both"}})}) {
    ConflictKiosk kiosk;
    const auto next = kiosk.client->resolve(kiosk.ours.id, resolution, kiosk.shown().version);
    REQUIRE(next);
    CHECK(next->replaces == kiosk.ours.id);
    CHECK(next->place == kiosk.ours.place);
    kiosk.run(minute);
    CHECK(state_of(*kiosk.client, next->id) == "delivered");
    CHECK(kiosk.at_server()["x"] == (resolution.kind == Resolution::Kind::ours ? "ours" : "both"));
    CHECK(kiosk.client->conflicts().empty());
  }
}

TEST_CASE("a conflict that moved on is refused, and can be ended as it is shown then") {
  ConflictKiosk kiosk;
  const auto before = kiosk.shown().version;
  kiosk.server.edit(ada, {{"x", "newer"}}, kiosk.clock->now());
  kiosk.run(second);
  kiosk.client->refresh(ada);
  for (const auto& resolution :
       {Resolution::ours(), Resolution::theirs(), Resolution::merged({{"x", 1}})}) {
    expect_refusal(*kiosk.client, "version_moved",
                   [&] { kiosk.client->resolve(kiosk.ours.id, resolution, before); });
  }
  const Conflict now = kiosk.shown();
  CHECK(now.version != before);
  REQUIRE(now.theirs);
  CHECK((*now.theirs)["x"] == "newer");
  REQUIRE(kiosk.client->resolve(kiosk.ours.id, Resolution::ours(), now.version));
  kiosk.run(minute);
  CHECK(kiosk.at_server()["x"] == "ours");
}

TEST_CASE("a record that moves on unseen while it is resolved becomes a new conflict") {
  ConflictKiosk kiosk;
  const auto next = kiosk.client->resolve(kiosk.ours.id, Resolution::ours(), kiosk.shown().version);
  kiosk.server.edit(ada, {{"x", "unseen"}}, kiosk.clock->now());
  kiosk.run(minute);
  REQUIRE(next);
  CHECK(state_of(*kiosk.client, next->id) == "conflicted");
  CHECK((*kiosk.shown().theirs)["x"] == "unseen");
  CHECK(kiosk.at_server()["x"] == "unseen");
}

TEST_CASE("a merged text is checked like any other, and the conflict stays") {
  ConflictKiosk kiosk;
  const auto version = kiosk.shown().version;
  for (const json& bad : {json(nullptr), json::array(), json{{"a", "\xff"}}, test::nested(65)}) {
    expect_refusal(*kiosk.client, "invalid_content",
                   [&] { kiosk.client->resolve(kiosk.ours.id, Resolution::merged(bad), version); });
  }
  expect_refusal(*kiosk.client, "version_moved", [&] {
    kiosk.client->resolve(kiosk.ours.id, Resolution::ours(), Version{"\"made up\""});
  });
}

TEST_CASE("a conflict with a removal at the server is ended by creating the record again") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"x", "theirs"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  kiosk.server.remove(ada, kiosk.clock->now());
  const Submission ours = kiosk.file(ada, {{"x", "ours"}});
  kiosk.run(minute);
  REQUIRE(state_of(*kiosk.client, ours.id) == "conflicted");
  const Conflict conflict = kiosk.client->conflicts().at(0);
  CHECK_FALSE(conflict.theirs);
  const auto next = kiosk.client->resolve(ours.id, Resolution::ours(), conflict.version);
  REQUIRE(next);
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, next->id) == "delivered");
  CHECK(kiosk.server.find(ada)->tag);
}

}  // namespace
}  // namespace lodge
