#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::entries_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);

// What edit starts from, a row each.

TEST_CASE("edit starts from nothing where nothing is known") {
  Kiosk kiosk;
  const Draft draft = kiosk.open().edit(ada);
  CHECK(draft.content == json::object());
  CHECK(draft.base == BaseKind::unknown);
  CHECK(draft.revision == 0);
}

TEST_CASE("edit starts from nothing, knowingly, where the server said that there is nothing") {
  Kiosk kiosk;
  kiosk.open().refresh(ada);
  CHECK(kiosk.client->edit(ada).base == BaseKind::absent);
}

TEST_CASE("edit starts from the record's content and version where no form is under way") {
  Kiosk kiosk;
  const std::string tag = kiosk.server.edit(ada, {{"monday", "busy"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json{{"monday", "busy"}});
  CHECK(draft.base == BaseKind::version);
  REQUIRE(draft.base_version);
  CHECK(draft.base_version->tag == tag);
}

TEST_CASE("refresh keeps no text that did not come whole") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) {
    return Reply{.error = TransportError::too_large,
                 .departures = 1,
                 .status = 200,
                 .headers = {{"Content-Type", "application/json"}, {"ETag", "\"7\""}},
                 .body = R"({"monday":"bu)"};
  };
  const Refreshed found = kiosk.open().refresh(ada);
  CHECK(found.record.presence == Presence::present);
  REQUIRE(found.record.version);
  CHECK(found.record.version->tag == "\"7\"");
  CHECK(kiosk.client->edit(ada).content == json::object());
  kiosk.weather = {};
  kiosk.server.edit(ada, {{"monday", "busy"}}, kiosk.clock->now());
  const Submission submission = kiosk.file(ada, {{"monday", "free"}});
  kiosk.run(std::chrono::minutes(1));
  CHECK(kiosk.client->submission(submission.id)->state == State::conflicted);
}

TEST_CASE("edit starts from the newest form under way, before the record's content") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "busy"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  kiosk.client->pause("test");
  kiosk.file(ada, {{"monday", "first"}});
  const Submission newest = kiosk.file(ada, {{"monday", "second"}});
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json{{"monday", "second"}});
  CHECK(draft.base == BaseKind::after);
  CHECK(draft.after == newest.id);
}

TEST_CASE("edit starts empty after a removal that is under way") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "busy"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  kiosk.client->pause("test");
  const Submission removal = kiosk.client->remove(ada);
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json::object());
  CHECK(draft.base == BaseKind::after);
  CHECK(draft.after == removal.id);
}

TEST_CASE("edit starts from a rejected head and replaces it") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.weather = [](const Request&) { return test::refusal(400, "no such day"); };
  const Submission refused = kiosk.file(ada, {{"someday", "09:00"}});
  kiosk.client->drain(second);
  REQUIRE(state_of(*kiosk.client, refused.id) == "rejected");
  kiosk.weather = {};
  const Draft draft = kiosk.client->edit(ada);
  CHECK(draft.content == json{{"someday", "09:00"}});
  CHECK(draft.amends == refused.id);
}

TEST_CASE("edit starts from the saved draft before anything else") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.weather = [](const Request&) { return test::refusal(400); };
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "09:00";
  const Submission refused = kiosk.client->submit(draft);
  draft.content["monday"] = "10:00";
  kiosk.client->save(draft);
  kiosk.client->drain(second);
  REQUIRE(state_of(*kiosk.client, refused.id) == "rejected");
  CHECK(kiosk.client->edit(ada).id == draft.id);
  CHECK(kiosk.client->edit(ada).content["monday"] == "10:00");
}

// Amending and discarding.

}  // namespace
}  // namespace lodge
