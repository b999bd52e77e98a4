#include "client/scripted_server.hpp"

namespace lodge {
namespace {

using test::ada;
using test::Close;
using test::created;
using test::expect_one_intent;
using test::FaultServer;
using test::file;
using test::http_reply;
using test::json_type;
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

TEST_CASE("N18: a kept-alive connection that dies is no reason to send a form with another key",
          "[N18]") {
  FaultServer server(test::FaultHandlers{.on_request = [](const SeenRequest& request) -> Script {
    if (request.method == "GET") return reply_with(404);
    return {Send{http_reply(201, created)}, Close{}};
  }});
  TemporaryFolder folder;
  Options options = live_options(folder, server.url("/v1"));
  options.in_flight = 1;
  Client client(options);
  for (int i = 0; i < 10; ++i) file(client, {"f", std::to_string(i)}, {{"x", i}});
  CHECK(client.drain(long_enough));
  std::map<std::string, std::set<std::string>> keys;
  for (const SeenRequest& request : server.requests()) {
    if (request.method == "PUT") keys[request.target].insert(key_of(request));
  }
  CHECK(keys.size() == 10);
  for (const auto& [target, used] : keys) CHECK(used.size() == 1);
}

TEST_CASE("N19: an answer without end is cut, and the form is neither lost nor believed", "[N19]") {
  Scripted server([](const SeenRequest& request, int) -> Script {
    const std::string head = request.method == "GET" ? json_type : created;
    return {Send{"HTTP/1.1 200 OK\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n"},
            test::Flood{"400\r\n" + std::string(1024, 'a') + "\r\n"}};
  });
  TemporaryFolder folder;
  Client client(live_options(folder, server.endpoint()));
  const Submission submission = file(client, ada, {{"x", 1}});
  client.flush(std::chrono::seconds(15));
  CHECK(state_of(client, submission.id) != "delivered");
  CHECK(state_of(client, submission.id) != "rejected");
  CHECK(client.submission(submission.id));
}

TEST_CASE("N20: two MiB of headers are an answer like none", "[N20]") {
  std::string headers;
  while (headers.size() < (std::size_t{2} << 20)) {
    headers += "X-Filler: " + std::string(1'000, 'a') + "\r\n";
  }
  Scripted server([&](const SeenRequest& request, int number) -> Script {
    if (request.method == "GET") return reply_with(404);
    return number == 1 ? reply_with(201, headers + created) : reply_with(201, created);
  });
  TemporaryFolder folder;
  Client client(quick(folder, server));
  const Submission submission = file(client, ada, {{"x", 1}});
  CHECK(client.drain(long_enough));
  CHECK(state_of(client, submission.id) == "delivered");
  expect_one_intent(server);
}

TEST_CASE("N21: a weak, missing, huge or broken tag is never named in If-Match", "[N21]") {
  const std::string tags[] = {"ETag: W/\"1\"\r\n",
                              "",
                              "ETag: \"" + std::string(2'000, 'x') + "\"\r\n",
                              "ETag: bare\r\n",
                              "ETag: \"a\"\r\nETag: \"b\"\r\n",
                              "ETag: \"a\x01\"\r\n"};
  for (const std::string& tag : tags) {
    CAPTURE(tag.substr(0, 30));
    Scripted server([&](const SeenRequest& request, int) -> Script {
      if (request.method == "GET") {
        return reply_with(200, json_type + "ETag: \"proper\"\r\n", R"({"x":1})");
      }
      return reply_with(201, tag);
    });
    TemporaryFolder folder;
    Client client(quick(folder, server));
    const Submission first = file(client, ada, {{"x", 1}});
    CHECK(client.drain(long_enough));
    CHECK(state_of(client, first.id) == "delivered");
    file(client, ada, {{"x", 2}});
    client.flush(one_look);
    bool updated = false;
    for (const SeenRequest& put : server.puts()) {
      const auto named = header(put.headers, "If-Match");
      if (named) CHECK(*named == "\"proper\"");
      updated = updated || named;
    }
    CHECK(updated);
  }
}

TEST_CASE("an answer that is not HTTP is a lost answer") {
  for (const std::string& text : {std::string("SSH-2.0-OpenSSH_9.2\r\n"), std::string("\0\0\0", 3),
                                  std::string("HTTP/1.1 999 \r\n\r\n"),
                                  std::string("HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n"),
                                  std::string("HTTP/1.1 100 Continue\r\n\r\n")}) {
    CAPTURE(text);
    Scripted server([&](const SeenRequest&, int number) -> Script {
      if (number == 1) return {Send{text}, Close{}};
      return reply_with(201, created);
    });
    TemporaryFolder folder;
    Client client(quick(folder, server));
    const Submission submission = file(client, ada, {{"x", 1}});
    CHECK(client.drain(long_enough));
    CHECK(state_of(client, submission.id) == "delivered");
    expect_one_intent(server);
  }
}

}  // namespace
}  // namespace lodge
