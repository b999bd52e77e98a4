#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);

Submission file_as(Client& client, const RecordId& record, const std::string& identity,
                   const json& content, const std::string& lane = "normal") {
  Draft draft = client.edit(record, {.identity = identity, .lane = lane});
  draft.content = content;
  return client.submit(draft);
}

/// A kiosk whose server knows ada and bob by their tokens.
struct SharedKiosk : Kiosk {
  std::vector<Authorization> asked{};
  std::map<std::string, std::string> tokens{{"ada", "token-a"}, {"bob", "token-b"}};

  SharedKiosk() {
    server = demo::FormsServer({.tokens = {{"token-a", "ada"}, {"token-b", "bob"}}});
    Options given = options();
    given.authorize = [this](const Authorization& question) -> std::vector<Header> {
      asked.push_back(question);
      const auto found = tokens.find(question.identity);
      if (found == tokens.end()) return {};
      return {{"Authorization", "Bearer " + found->second}};
    };
    client = std::make_unique<Client>(given);
  }
};

TEST_CASE("S11: nobody's form goes with another's token", "[S11]") {
  SharedKiosk kiosk;
  for (int i = 0; i < 5; ++i) {
    file_as(*kiosk.client, {"f", "a" + std::to_string(i)}, "ada", {{"by", "ada"}});
    file_as(*kiosk.client, {"f", "b" + std::to_string(i)}, "bob", {{"by", "bob"}});
  }
  CHECK(kiosk.client->drain(second));
  CHECK(kiosk.server.ledger().effects().size() == 10);
  for (const demo::Effect& effect : kiosk.server.ledger().effects()) {
    CHECK(json::parse(*effect.body)["by"] == effect.by);
  }
  for (const Authorization& question : kiosk.asked) {
    CHECK((question.identity == "ada" || question.identity == "bob"));
    CHECK_FALSE(question.refresh);
  }
}

TEST_CASE("S11: who signed out keeps her forms waiting while another's go", "[S11]") {
  SharedKiosk kiosk;
  kiosk.tokens.erase("ada");
  const Submission hers = file_as(*kiosk.client, {"f", "a"}, "ada", {{"by", "ada"}});
  const Submission his = file_as(*kiosk.client, {"f", "b"}, "bob", {{"by", "bob"}});
  kiosk.client->drain(second);
  CHECK(state_of(*kiosk.client, his.id) == "delivered");
  CHECK(state_of(*kiosk.client, hers.id) == "pending");
  const Explanation why = kiosk.client->explain(hers.id);
  CHECK(name(why.hold.reason) == "sign_in");
  CHECK(why.hold.words.find("ada") != std::string::npos);
  CHECK(why.submission.tries == 0);
  kiosk.tokens["ada"] = "token-a";
  kiosk.client->resume({.identity = "ada"});
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, hers.id) == "delivered");
}

TEST_CASE("drafts of two people on one record do not see each other") {
  Kiosk kiosk;
  kiosk.open();
  Draft hers = kiosk.client->edit(ada, {.identity = "ada"});
  hers.content["monday"] = "hers";
  kiosk.client->save(hers);
  Draft his = kiosk.client->edit(ada, {.identity = "bob"});
  CHECK(his.content == json::object());
  his.content["monday"] = "his";
  kiosk.client->save(his);
  CHECK(kiosk.client->drafts().size() == 2);
  REQUIRE(kiosk.client->drafts("ada").size() == 1);
  CHECK(kiosk.client->drafts("ada")[0].content["monday"] == "hers");
  CHECK(kiosk.client->drafts("nobody").empty());
  CHECK(kiosk.client->edit(ada, {.identity = "bob"}).content["monday"] == "his");
}

TEST_CASE("nobody's draft starts from another's form that is under way") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("test");
  file_as(*kiosk.client, ada, "ada", {{"monday", "private"}});
  const Draft his = kiosk.client->edit(ada, {.identity = "bob"});
  CHECK(his.content == json::object());
  CHECK(his.base != BaseKind::after);
}

TEST_CASE("nobody's draft starts from another's rejected form") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.weather = [](const Request&) { return test::refusal(400); };
  const Submission hers = file_as(*kiosk.client, ada, "ada", {{"monday", "private"}});
  kiosk.client->drain(second);
  REQUIRE(state_of(*kiosk.client, hers.id) == "rejected");
  const Draft his = kiosk.client->edit(ada, {.identity = "bob"});
  CHECK(his.content == json::object());
  CHECK_FALSE(his.amends);
}

TEST_CASE("one record's order holds over people, and explain names whose sign-in is needed") {
  SharedKiosk kiosk;
  kiosk.tokens.erase("ada");
  const Submission hers = file_as(*kiosk.client, {"f", "shared"}, "ada", {{"by", "ada"}});
  kiosk.client->drain(second);
  const Submission his = file_as(*kiosk.client, {"f", "shared"}, "bob", {{"also", "bob"}});
  kiosk.client->drain(second);
  const Explanation why = kiosk.client->explain(his.id);
  CHECK(name(why.hold.reason) == "behind");
  CHECK(why.hold.behind == hers.id);
  CHECK(why.hold.words.find("ada") != std::string::npos);
}

TEST_CASE("normal and deferred drafts of one record live side by side and never mix", "[lanes]") {
  Kiosk kiosk;
  kiosk.open();
  Draft today = kiosk.client->edit(ada);
  today.content["monday"] = "today's";
  kiosk.client->save(today);
  Draft arrears = kiosk.client->edit(ada, {.lane = "deferred"});
  CHECK(arrears.content == json::object());
  arrears.content["monday"] = "last week's";
  kiosk.client->save(arrears);
  CHECK(kiosk.client->drafts().size() == 2);
  CHECK(kiosk.client->edit(ada).content["monday"] == "today's");
  CHECK(kiosk.client->edit(ada, {.lane = "deferred"}).content["monday"] == "last week's");
  kiosk.client->discard(arrears);
  CHECK(kiosk.client->edit(ada).content["monday"] == "today's");
}

TEST_CASE("a paused lane holds its own forms only", "[lanes]") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.client->pause("stocktaking", {.lane = "deferred"});
  const Submission late = file_as(*kiosk.client, {"f", "late"}, "", {{"x", 1}}, "deferred");
  const Submission now = file_as(*kiosk.client, {"f", "now"}, "", {{"x", 2}});
  kiosk.client->drain(second);
  CHECK(state_of(*kiosk.client, now.id) == "delivered");
  CHECK(state_of(*kiosk.client, late.id) == "pending");
  CHECK(kiosk.client->explain(late.id).hold.words.find("deferred") != std::string::npos);
  kiosk.client->resume({.lane = "deferred"});
  CHECK(kiosk.client->drain(second));
}

TEST_CASE("a form in arrears keeps its own time and reason, and sends them where asked to",
          "[lanes]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  options.effective_at_header = "X-Effective-At";
  options.reason_header = "X-Reason";
  Client client(options);
  Draft draft = client.edit(ada, {.lane = "deferred"});
  draft.content["monday"] = "09:00";
  const Time last_week = kiosk.clock->now() - std::chrono::days(7);
  const Submission submission =
      client.submit(draft, {.effective_at = last_week, .reason = "was ill"});
  CHECK(submission.effective_at == last_week);
  CHECK(submission.reason == "was ill");
  CHECK(submission.lane == "deferred");
  CHECK(client.drain(second));
  REQUIRE_FALSE(kiosk.seen.empty());
  CHECK(header(kiosk.seen[0].headers, "X-Effective-At").value_or("").starts_with("2024-09-27"));
  CHECK(header(kiosk.seen[0].headers, "X-Reason"));
  bool told = false;
  for (const auto& entry : client.history({.submission = submission.id})) {
    told = told || entry.why == "was ill";
  }
  CHECK(told);
}

// What the server says meanwhile.

TEST_CASE("refresh marks a draft of an older version stale and leaves its text", "[stale]") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "a"}, {"tuesday", "b"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "mine";
  kiosk.client->save(draft);
  CHECK_FALSE(kiosk.client->refresh(ada).draft_stale);
  kiosk.server.edit(ada, {{"monday", "a"}, {"tuesday", "theirs"}}, kiosk.clock->now());
  std::vector<EventKind> told;
  const auto subscription =
      kiosk.client->on_event([&](const Event& event) { told.push_back(event.kind); });
  const Refreshed refreshed = kiosk.client->refresh(ada);
  CHECK(refreshed.draft_stale);
  CHECK(refreshed.record.presence == Presence::present);
  kiosk.run(second);
  CHECK(std::ranges::count(told, EventKind::draft_stale) == 1);
  draft = kiosk.client->edit(ada);
  CHECK(draft.stale);
  CHECK(draft.content == json{{"monday", "mine"}, {"tuesday", "b"}});
  const Submission submission = kiosk.client->submit(draft);
  CHECK(kiosk.client->drain(second));
  CHECK(state_of(*kiosk.client, submission.id) == "delivered");
  CHECK(json::parse(*kiosk.server.find(ada)->content) ==
        json{{"monday", "mine"}, {"tuesday", "theirs"}});
}

TEST_CASE("a stale draft that overlaps is asked about, and nothing is overwritten", "[stale]") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "a"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "mine";
  kiosk.client->save(draft);
  kiosk.server.edit(ada, {{"monday", "theirs"}}, kiosk.clock->now());
  kiosk.client->refresh(ada);
  const Submission submission = kiosk.client->submit(kiosk.client->edit(ada));
  kiosk.client->drain(second);
  CHECK(state_of(*kiosk.client, submission.id) == "conflicted");
  CHECK(json::parse(*kiosk.server.find(ada)->content)["monday"] == "theirs");
}

TEST_CASE("a record that was closed at the server is not resurrected silently", "[stale]") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "a"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "mine";
  kiosk.client->save(draft);
  kiosk.server.remove(ada, kiosk.clock->now());
  const Refreshed refreshed = kiosk.client->refresh(ada);
  CHECK(refreshed.record.presence == Presence::absent);
  CHECK(refreshed.draft_stale);
  CHECK(kiosk.client->edit(ada).content["monday"] == "mine");
  const Submission submission = kiosk.client->submit(kiosk.client->edit(ada));
  kiosk.client->drain(second);
  CHECK(state_of(*kiosk.client, submission.id) == "conflicted");
  REQUIRE(kiosk.client->conflicts().size() == 1);
  CHECK_FALSE(kiosk.client->conflicts()[0].theirs);
  CHECK_FALSE(kiosk.server.find(ada)->tag);
}

TEST_CASE("a draft begun on nothing is stale once the server has the record") {
  Kiosk kiosk;
  kiosk.open();
  Draft draft = kiosk.client->edit(ada);
  draft.content["monday"] = "mine";
  kiosk.client->save(draft);
  kiosk.server.edit(ada, {{"monday", "theirs"}}, kiosk.clock->now());
  CHECK(kiosk.client->refresh(ada).draft_stale);
  CHECK(kiosk.client->edit(ada).content["monday"] == "mine");
}

TEST_CASE("refresh without an answer says so and changes nothing") {
  Kiosk kiosk;
  kiosk.server.edit(ada, {{"monday", "a"}}, kiosk.clock->now());
  kiosk.open().refresh(ada);
  for (const Reply& reply :
       {test::no_connection(), test::answer(500), test::answer(302, {{"Location", "http://x/"}}),
        test::answer(200, {{"Content-Type", "text/html"}}, "<html>"), test::answer(304),
        test::answer(200, {{"Content-Type", "application/json"}}, "[")}) {
    kiosk.weather = [&](const Request&) { return reply; };
    test::expect_refusal(*kiosk.client, "io", [&] { kiosk.client->refresh(ada); });
  }
  kiosk.weather = {};
  CHECK(kiosk.client->edit(ada).content["monday"] == "a");
}

TEST_CASE("refresh asks as the client's identity and refreshes its credentials once") {
  SharedKiosk kiosk;
  kiosk.client.reset();
  Options options = kiosk.options();
  options.identity = "ada";
  int refreshes = 0;
  options.authorize = [&](const Authorization& question) -> std::vector<Header> {
    refreshes += question.refresh ? 1 : 0;
    return {{"Authorization", question.refresh ? "Bearer token-a" : "Bearer old"}};
  };
  Client client(options);
  CHECK(client.refresh({"f", "x"}).record.presence == Presence::absent);
  CHECK(refreshes == 1);
}

}  // namespace
}  // namespace lodge
