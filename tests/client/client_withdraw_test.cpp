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

TEST_CASE("a waiting form is taken back for good") {
  Kiosk kiosk;
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  CHECK(kiosk.client->withdraw(submission.id).state == State::withdrawn);
  kiosk.run(minute);
  CHECK(kiosk.seen.empty());
  CHECK(test::entries_of(*kiosk.client, submission.id, "withdrawn") == 1);
  expect_refusal(*kiosk.client, "wrong_state", [&] { kiosk.client->withdraw(submission.id); });
  CHECK(kiosk.client->edit(ada).content == json::object());
}

TEST_CASE("a form with followers is taken back together with them, or not at all") {
  Kiosk kiosk;
  kiosk.open();
  const Submission first = kiosk.file(ada, {{"x", 1}});
  const Submission other = kiosk.file({"f", "other"}, {{"x", 1}});
  const Submission follower = kiosk.file(ada, {{"x", 2}});
  const Submission last = kiosk.client->remove(ada);
  expect_refusal(*kiosk.client, "has_followers", [&] { kiosk.client->withdraw(first.id); });
  const auto error = test::error_of([&] { kiosk.client->withdraw(first.id); });
  CHECK(std::string(error->what()).find(follower.id.text()) != std::string::npos);
  CHECK(kiosk.client->withdraw(last.id).id == last.id);
  const auto taken = kiosk.client->withdraw_from(first.id);
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].id == first.id);
  CHECK(taken[1].id == follower.id);
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, other.id) == "delivered");
  CHECK(kiosk.server.ledger().effects().size() == 1);
}

TEST_CASE("a draft begun on a form that was taken back keeps all that it shows") {
  for (const bool edited_elsewhere : {false, true}) {
    CAPTURE(edited_elsewhere);
    Kiosk kiosk;
    kiosk.open();
    kiosk.file(ada, {{"monday", 9}, {"tuesday", 9}});
    REQUIRE(kiosk.client->drain(second));
    kiosk.client->pause("no network");
    const Submission below = kiosk.file(ada, {{"monday", 10}, {"tuesday", 9}});
    Draft draft = kiosk.client->edit(ada);
    draft.content["tuesday"] = 11;
    kiosk.client->save(draft);
    kiosk.client->withdraw(below.id);
    if (edited_elsewhere) {
      kiosk.server.edit(ada, {{"monday", 9}, {"tuesday", 9}, {"note", "x"}}, kiosk.clock->now());
    }
    const Submission submission = kiosk.client->submit(draft);
    kiosk.client->resume();
    kiosk.run(minute);
    CHECK(state_of(*kiosk.client, submission.id) == "delivered");
    json expected = {{"monday", 10}, {"tuesday", 11}};
    if (edited_elsewhere) expected["note"] = "x";
    CHECK(json::parse(*kiosk.server.find(ada)->content) == expected);
  }
}

TEST_CASE("what the server may have is taken back only by an explicit word") {
  Kiosk kiosk;
  kiosk.weather = [](const Request&) {
    return Reply{.error = TransportError::timeout, .departures = 1};
  };
  kiosk.open();
  const Submission submission = kiosk.file(ada, {{"x", 1}});
  kiosk.client->step();
  kiosk.client->step();
  REQUIRE(state_of(*kiosk.client, submission.id) == "unconfirmed");
  expect_refusal(*kiosk.client, "maybe_received", [&] { kiosk.client->withdraw(submission.id); });
  expect_refusal(*kiosk.client, "maybe_received",
                 [&] { kiosk.client->withdraw_from(submission.id); });
  CHECK(kiosk.client->withdraw(submission.id, maybe_received::accept).state == State::withdrawn);
  CHECK(kiosk.client->edit(ada).base == BaseKind::unknown);
  bool said = false;
  for (const HistoryEntry& entry : kiosk.client->history({.submission = submission.id})) {
    said = said || entry.why.find("may have") != std::string::npos;
  }
  CHECK(said);
}

}  // namespace
}  // namespace lodge
