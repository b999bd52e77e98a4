#include "client/client_case.hpp"

namespace lodge {
namespace {

using test::ada;
using test::hold_of;
using test::Kiosk;
using test::state_of;

constexpr auto second = std::chrono::seconds(1);
constexpr auto minute = std::chrono::minutes(1);

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

TEST_CASE("N9: a second 401 holds this identity only, without a loop and without a try", "[N9]") {
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

TEST_CASE("N18: what may have arrived before a 401 is not rejected after it without a look",
          "[N18][N9]") {
  GuardedKiosk kiosk;
  const Submission hers = kiosk.file_as("ada", "a");
  kiosk.weather = [&](const Request& request) -> std::optional<Reply> {
    if (request.method != Method::put) return std::nullopt;
    const bool first = kiosk.seen.size() == 1;
    return Reply{.departures = first ? 2 : 1, .status = first ? 401 : 400};
  };
  kiosk.run(minute);
  REQUIRE(kiosk.seen.size() >= 3);
  CHECK(kiosk.seen[1].method == Method::put);
  CHECK(kiosk.seen[2].method == Method::get);
}

TEST_CASE("what the host has no credentials for is not sent without them") {
  Kiosk kiosk;
  Options options = kiosk.options();
  bool signed_in = false;
  options.authorize = [&](const Authorization& question) -> std::vector<Header> {
    if (question.identity == "ada" && !signed_in) throw std::runtime_error("nobody signed in");
    return {{"Authorization", "Bearer some"}};
  };
  kiosk.client = std::make_unique<Client>(options);
  Draft draft = kiosk.client->edit({"f", "a"}, {.identity = "ada"});
  draft.content["x"] = 1;
  const Submission hers = kiosk.client->submit(draft);
  kiosk.run(minute);
  CHECK(kiosk.seen.empty());
  CHECK(hold_of(*kiosk.client, hers.id) == "sign_in");
  CHECK(kiosk.client->submission(hers.id)->tries == 0);
  signed_in = true;
  kiosk.client->resume({.identity = "ada"});
  CHECK(kiosk.client->drain(second));
  REQUIRE(kiosk.seen.size() == 1);
  CHECK(header(kiosk.seen[0].headers, "Authorization") == "Bearer some");
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

}  // namespace
}  // namespace lodge
