#include "client/scripted_server.hpp"
#include "support/fair_time.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::ada;
using test::Close;
using test::created;
using test::expect_one_intent;
using test::FaultServer;
using test::file;
using test::hold_of;
using test::key_of;
using test::live_options;
using test::quick;
using test::reply_with;
using test::Script;
using test::Scripted;
using test::SeenRequest;
using test::Send;
using test::state_of;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(30);
constexpr auto one_look = std::chrono::seconds(5);

TEST_CASE("N1: an answer that is lost leads to the same bytes and key again", "[N1]") {
  Scripted server([](const SeenRequest&, int number) -> Script {
    if (number < 4) return number % 2 == 0 ? Script{test::Reset{}} : Script{Close{}};
    return reply_with(201, created);
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission submission = file(client, ada, {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, submission.id) == "delivered");
  CHECK(server.puts().size() >= 3);
  expect_one_intent(server);
}

TEST_CASE("N1: while it is not known whether a form arrived its state says so", "[N1]") {
  Scripted server([](const SeenRequest&, int) -> Script { return {Close{}}; });
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  Client client(options);
  const Submission submission = file(client, ada, {{"x", 1}});
  client.flush(one_look);
  CHECK(state_of(client, submission.id) == "unconfirmed");
  CHECK(client.explain(submission.id).attempts.at(0).may_have_arrived);
}

TEST_CASE("N2: a 201 whose body is cut is no error to show, and the form arrives once", "[N2]") {
  Scripted server([](const SeenRequest&, int number) -> Script {
    if (number == 1) {
      return {Send{"HTTP/1.1 201 Created\r\nETag: \"1\"\r\nContent-Length: 100\r\n\r\nhalf"},
              Close{}};
    }
    return reply_with(201, created);
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission submission = file(client, ada, {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, submission.id) == "delivered");
  expect_one_intent(server);
}

TEST_CASE("N3: a redirect to a login page is not followed, and no form is touched by it", "[N3]") {
  std::atomic<int> logins{0};
  FaultServer elsewhere([&](const SeenRequest&) {
    ++logins;
    return reply_with(200, "Content-Type: text/html\r\n", "<html>sign in</html>");
  });
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    Scripted server([&](const SeenRequest&, int) {
      return reply_with(status, "Location: " + elsewhere.url("/login") + "\r\n");
    });
    TemporaryFolder folder;
    Client client(live_options(folder, server.endpoint()));
    const Submission submission = file(client, ada, {{"x", 1}});
    client.flush(one_look);
    CHECK(state_of(client, submission.id) != "delivered");
    CHECK(state_of(client, submission.id) != "rejected");
    CHECK(hold_of(client, submission.id) == "intercepted");
    CHECK(client.status().path == Path::captive);
  }
  CHECK(logins == 0);
}

TEST_CASE("N3: a redirect within the server is followed with the same bytes, and not for ever",
          "[N3]") {
  Scripted server([](const SeenRequest& request, int) -> Script {
    if (request.target.find("/moved") != std::string::npos) return reply_with(201, created);
    return reply_with(308, "Location: /v1/moved\r\n");
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission submission = file(client, ada, {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, submission.id) == "delivered");
  expect_one_intent(server);

  Scripted loop([](const SeenRequest&, int) { return reply_with(307, "Location: /v1/again\r\n"); });
  TemporaryFolder other;
  Client looping(live_options(other, loop.endpoint()));
  const Submission held = file(looping, ada, {{"x", 1}});
  looping.flush(one_look);
  CHECK_FALSE(is_final(looping.submission(held.id)->state));
  CHECK(loop.all().size() <= 5);
}

TEST_CASE("N4: a portal that answers the form itself with 200 and a page delivers nothing",
          "[N4]") {
  std::atomic<bool> portal{true};
  Scripted server([&](const SeenRequest&, int) {
    if (portal) return reply_with(200, "Content-Type: text/html\r\n", "<html>Welcome</html>");
    return reply_with(201, created);
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission submission = file(client, ada, {{"x", 1}});
  client.flush(one_look);
  CHECK_FALSE(is_final(client.submission(submission.id)->state));
  CHECK(hold_of(client, submission.id) == "intercepted");
  CHECK(client.status().path == Path::captive);
  CHECK(client.status().holds.size() == 1);
  portal = false;
  client.set_network(Path::online);
  client.resume();
  CHECK_FALSE(state_of(client, submission.id) == "rejected");
}

TEST_CASE("N8: a form that is refused for good says why, and others go on", "[N8]") {
  for (const int status : {400, 406, 413, 415, 451}) {
    CAPTURE(status);
    Scripted server([&](const SeenRequest& request, int) {
      if (request.target.find("other") != std::string::npos) return reply_with(201, created);
      return reply_with(status, "Content-Type: application/problem+json\r\n",
                        R"({"title":"refused","detail":"there is no such day"})");
    });
    TemporaryFolder folder;
    Client client(live_options(folder, server.endpoint()));
    const Submission bad = file(client, ada, {{"someday", 1}});
    const Submission good = file(client, {"f", "other"}, {{"x", 1}});
    client.flush(one_look);
    CHECK(state_of(client, bad.id) == "rejected");
    CHECK(state_of(client, good.id) == "delivered");
    const Submission now = *client.submission(bad.id);
    CHECK(now.problem_status == status);
    CHECK(now.problem.find("there is no such day") != std::string::npos);
    CHECK(client.explain(bad.id).words.find("there is no such day") != std::string::npos);
  }
}

TEST_CASE("N8: a page in place of a refusal is the network's, not the server's", "[N8]") {
  for (const int status : {400, 403, 404, 410, 451}) {
    CAPTURE(status);
    Scripted server([&](const SeenRequest&, int) {
      return reply_with(status, "Content-Type: text/html\r\n", "<html>blocked</html>");
    });
    TemporaryFolder folder;
    Client client(live_options(folder, server.endpoint()));
    const Submission submission = file(client, ada, {{"x", 1}});
    client.flush(one_look);
    CHECK(state_of(client, submission.id) == "pending");
    CHECK(hold_of(client, submission.id) == "intercepted");
  }
}

TEST_CASE("N8: 404 for a new form holds its collection, 428 and 410 find their way", "[N8]") {
  Scripted server([](const SeenRequest&, int) { return reply_with(404); });
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  const Submission submission = file(client, ada, {{"x", 1}});
  client.flush(one_look);
  CHECK(state_of(client, submission.id) == "pending");
  CHECK(hold_of(client, submission.id) == "refused");
  REQUIRE(client.status().holds.size() == 1);
  CHECK(client.status().holds[0].scope == "collection");
}

TEST_CASE("N10: a busy server is left alone for as long as it asks, by all forms", "[N10]") {
  Scripted server([](const SeenRequest&, int) { return reply_with(503, "Retry-After: 3000\r\n"); });
  TemporaryFolder folder;
  Options options = live_options(folder, server.endpoint());
  options.in_flight = 1;
  Client client(options);
  for (int i = 0; i < 5; ++i) file(client, {"f", std::to_string(i)}, {{"x", i}});
  client.flush(one_look);
  CHECK(server.all().size() == 1);
  for (const Submission& one : client.outbox()) {
    const Hold hold = client.explain(one.id).hold;
    CHECK(name(hold.reason) == "busy");
    REQUIRE(hold.until);
    CHECK(*hold.until - test::wall_now() > std::chrono::minutes(49));
    CHECK(*hold.until - test::wall_now() <= std::chrono::seconds(3'750));  // and a quarter of it
  }
  CHECK(client.status().server == ServerState::busy);
}

TEST_CASE("N11: a form that gets 500 for ever stays, waits alone, and others pass", "[N11]") {
  Scripted server([](const SeenRequest& request, int) {
    if (request.method == "GET") return reply_with(404);
    const bool bad = request.target.find("bad") != std::string::npos;
    return bad ? reply_with(500) : reply_with(201, created);
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission bad = file(client, {"f", "bad"}, {{"x", 1}});
  for (int i = 0; i < 10; ++i) file(client, {"f", std::to_string(i)}, {{"x", i}});
  CHECK_FALSE(client.drain(milliseconds(1'500)));
  CHECK(client.status().count(State::delivered) == 10);
  CHECK(state_of(client, bad.id) == "unconfirmed");
  std::set<std::string> keys;
  for (const SeenRequest& put : server.puts()) {
    if (put.target.find("bad") != std::string::npos) keys.insert(key_of(put));
  }
  CHECK(keys.size() == 1);
}

TEST_CASE("N12: a server that never speaks holds nobody up but its own form", "[N12]") {
  Scripted server([](const SeenRequest& request, int) -> Script {
    if (request.target.find("slow") != std::string::npos) {
      return {Send{"HTTP/1.1 201 Created\r\nETag: \"1\"\r\n"},
              test::Drip{std::string(10'000, 'a'), milliseconds(50)}};
    }
    return reply_with(201, created);
  });
  TemporaryFolder folder;
  auto client = std::make_unique<Client>(live_options(folder, server.endpoint()));
  const Submission slow = file(*client, {"f", "slow"}, {{"x", 1}});
  REQUIRE(server.wait_for_requests(1));
  for (int i = 0; i < 10; ++i) file(*client, {"f", std::to_string(i)}, {{"x", i}});
  CHECK_FALSE(client->drain(milliseconds(1'000)));
  CHECK(client->status().count(State::delivered) == 10);
  CHECK(state_of(*client, slow.id) == "sending");
  const test::FairTime time;
  client.reset();
  CHECK(time.passed() < std::chrono::seconds(2));
}

}  // namespace
}  // namespace lodge
