#include "client/client_case.hpp"

namespace lodge {
namespace {

using nlohmann::json;
using test::ada;
using test::expect_refusal;
using test::hold_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

// Signing in.

struct GuardedKiosk : Kiosk {
  int asked = 0;
  int refreshes = 0;
  std::string token = "old";
  std::function<std::vector<Header>()> on_refresh = [this] {
    token = "good";
    return std::vector<Header>{{"Authorization", "Bearer good"}};
  };

  GuardedKiosk() {
    server = demo::FormsServer({.tokens = {{"good", "ada"}, {"bob's", "bob"}}});
    Options given = options();
    given.authorize = [this](const Authorization& question) -> std::vector<Header> {
      if (question.identity == "bob") return {{"Authorization", "Bearer bob's"}};
      (question.refresh ? refreshes : asked) += 1;
      if (question.refresh) return on_refresh();
      return {{"Authorization", "Bearer " + token}};
    };
    client = std::make_unique<Client>(given);
  }

  Submission file_as(const std::string& identity, const std::string& key) {
    Draft draft = client->edit({"f", key}, {.identity = identity});
    draft.content["by"] = identity;
    return client->submit(draft);
  }
};

TEST_CASE("N9: a 401 fetches fresh credentials once for all forms, and each goes with its own key",
          "[N9]") {
  GuardedKiosk kiosk;
  std::vector<Submission> all;
  for (int i = 0; i < 8; ++i) all.push_back(kiosk.file_as("ada", std::to_string(i)));
  CHECK(kiosk.client->drain(second));
  CHECK(kiosk.refreshes == 1);
  CHECK(kiosk.server.ledger().effects().size() == 8);
  CHECK(kiosk.server.ledger().doubled_keys().empty());
  for (const Submission& one : all) {
    CHECK(kiosk.client->explain(one.id).attempts.size() == 1);
  }
}

TEST_CASE("N9: a second 401 holds this identity only, without a loop and without a try",
          "[N9]") {
  GuardedKiosk kiosk;
  kiosk.on_refresh = [] { return std::vector<Header>{{"Authorization", "Bearer wrong too"}}; };
  const Submission hers = kiosk.file_as("ada", "a");
  const Submission his = kiosk.file_as("bob", "b");
  kiosk.run(minute);
  CHECK(state_of(*kiosk.client, his.id) == "delivered");
  CHECK(state_of(*kiosk.client, hers.id) == "pending");
  CHECK(hold_of(*kiosk.client, hers.id) == "sign_in");
  CHECK(kiosk.client->submission(hers.id)->tries == 0);
  CHECK(kiosk.seen.size() == 3);
  REQUIRE(kiosk.client->status().holds.size() == 1);
  CHECK(kiosk.client->status().holds[0].scope == "identity");
  CHECK(kiosk.client->status().holds[0].name == "ada");
  kiosk.run(std::chrono::hours(2));
  CHECK(kiosk.seen.size() <= 3 + 2 * 9);
  kiosk.token = "good";
  kiosk.client->resume({.identity = "ada"});
  CHECK(kiosk.client->drain(second));
}

TEST_CASE("a host that fails to give credentials holds the identity and keeps its secret") {
  GuardedKiosk kiosk;
  kiosk.on_refresh = []() -> std::vector<Header> { throw std::runtime_error("canary"); };
  const Submission hers = kiosk.file_as("ada", "a");
  kiosk.run(minute);
  const Explanation why = kiosk.client->explain(hers.id);
  CHECK(name(why.hold.reason) == "sign_in");
  CHECK(why.words.find("canary") == std::string::npos);
  for (const HistoryEntry& entry : kiosk.client->history()) {
    CHECK(entry.why.find("canary") == std::string::npos);
  }
}

TEST_CASE("S6: no token is in the store's words, log or history", "[S6]") {
  Kiosk kiosk;
  Options options = kiosk.options();
  std::string said;
  options.log = [&](const LogLine& line) { said += line.event + " " + line.words + "\n"; };
  options.authorize = [](const Authorization&) {
    return std::vector<Header>{{"Authorization", "Bearer canary"}};
  };
  for (const int status : {401, 403, 400, 500, 503, 302, 200, 412}) {
    kiosk.weather = [=](const Request&) { return test::answer(status); };
    options.store = kiosk.folder / std::to_string(status);
    Client client(options);
    Draft draft = client.edit(ada);
    draft.content["secret"] = "canary of the body";
    const Submission submission = client.submit(draft);
    client.drain(second);
    const Explanation why = client.explain(submission.id);
    said += why.words + why.submission.problem;
    for (const Attempt& attempt : why.attempts) said += attempt.detail;
    for (const HistoryEntry& entry : client.history({.with_patches = false})) said += entry.why;
    for (const GroupHold& hold : client.status().holds) said += hold.words;
  }
  CHECK(said.find("canary") == std::string::npos);
}

// Taking back.

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

// Conflicts.

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
    CHECK(kiosk.at_server()["x"] ==
          (resolution.kind == Resolution::Kind::ours ? "ours" : "both"));
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
  const auto next =
      kiosk.client->resolve(kiosk.ours.id, Resolution::ours(), kiosk.shown().version);
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
    expect_refusal(*kiosk.client, "invalid_content", [&] {
      kiosk.client->resolve(kiosk.ours.id, Resolution::merged(bad), version);
    });
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

// Another endpoint.

Options moved(Kiosk& kiosk, bool adopt) {
  Options options = kiosk.options();
  options.endpoint = "http://127.0.0.1:9090/v1";
  options.adopt_endpoint = adopt;
  return options;
}

TEST_CASE("another endpoint is refused while forms are under way, and the store is as it was") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", 1}});
  const std::string before = test::holdings(*kiosk.client);
  kiosk.client.reset();
  expect_refusal("endpoint_changed", [&] { Client client(moved(kiosk, false)); });
  CHECK(test::holdings(kiosk.open()) == before);
  CHECK(kiosk.client->drain(second));
  kiosk.client.reset();
  CHECK(test::code_of([&] { Client client(moved(kiosk, false)); }) == "none");
}

TEST_CASE("an adopted endpoint gets what was never sent, and is asked about what may have been") {
  Kiosk kiosk;
  kiosk.weather = [](const Request& request) -> Reply {
    if (request.url.find("sent") != std::string::npos) {
      return {.error = TransportError::timeout, .departures = 1};
    }
    return test::no_connection();
  };
  kiosk.open();
  const Submission sent = kiosk.file({"f", "sent"}, {{"x", 1}});
  kiosk.client->step();
  kiosk.client->step();
  REQUIRE(state_of(*kiosk.client, sent.id) == "unconfirmed");
  const Submission waiting = kiosk.file({"f", "waiting"}, {{"x", 2}});
  kiosk.client.reset();
  kiosk.weather = {};
  kiosk.seen.clear();
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, sent.id) == "delivered");
  CHECK(state_of(*kiosk.client, waiting.id) == "delivered");
  bool first = true;
  for (const Request& request : kiosk.seen) {
    CHECK(request.url.starts_with("http://127.0.0.1:9090/"));
    if (request.url.find("sent") == std::string::npos) continue;
    if (first) CHECK(request.method == Method::get);
    first = false;
  }
}

TEST_CASE("versions of the endpoint before are not named to an adopted one") {
  Kiosk kiosk;
  kiosk.open();
  kiosk.file(ada, {{"x", 1}});
  kiosk.client->drain(second);
  Draft draft = kiosk.client->edit(ada);
  draft.content["x"] = 2;
  const Submission update = kiosk.client->submit(draft);
  kiosk.client.reset();
  kiosk.seen.clear();
  kiosk.server = demo::FormsServer();
  kiosk.server.edit(ada, {{"x", 1}}, kiosk.clock->now());
  const std::string tag = *kiosk.server.find(ada)->tag;
  kiosk.client = std::make_unique<Client>(moved(kiosk, true));
  kiosk.run(16 * minute);
  CHECK(state_of(*kiosk.client, update.id) == "delivered");
  for (const Request& request : kiosk.seen) {
    CHECK(header(request.headers, "If-Match").value_or(tag) == tag);
  }
}

}  // namespace
}  // namespace lodge
