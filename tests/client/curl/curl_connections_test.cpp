// Which connection a request takes, and what libcurl repeats by itself.

#include <fcntl.h>
#include <sys/socket.h>

#include <future>
#include <set>
#include <string>

#include "client/curl/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

// The TCP sockets of this process that an exec would pass on.
std::set<int> inheritable_sockets() {
  std::set<int> sockets;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) continue;
    if (domain == AF_UNIX || (fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0) continue;
    sockets.insert(descriptor);
  }
  return sockets;
}

Script ok(const SeenRequest&) { return reply_with(200); }

}  // namespace

TEST_CASE("one connection serves one request after the other", "[speed]") {
  FaultServer server(ok);
  client::CurlTransport transport;
  Transfers transfers(transport);
  for (int i = 0; i < 50; ++i) CHECK(transfers.exchange(put(server.url(), "form")).status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("many requests open as many connections as may be in flight, and no more", "[speed]") {
  FaultServer server(ok);
  client::CurlTransport transport({.max_connections = 4});
  Transfers transfers(transport);
  for (int i = 0; i < 500; ++i) transfers.start(put(server.url(), "form"));
  CHECK(transfers.wait(500).size() == 500);
  CHECK(server.connections() <= 4);
}

TEST_CASE("connections outlast a lull: many requests, one by itself, and many again open no more",
          "[speed]") {
  constexpr int many = 8;
  std::promise<void> gates[2];
  const std::shared_future<void> opened[2] = {gates[0].get_future().share(),
                                              gates[1].get_future().share()};
  FaultServer server([&](const SeenRequest& request) {
    if (request.body == "alone") return reply_with(200);
    return Script{HoldUntil{opened[request.body == "first" ? 0 : 1]}, Send{http_reply(200)}};
  });
  client::CurlTransport transport({.max_connections = many});
  Transfers transfers(transport);
  int asked = 0;
  for (const auto& [body, gate] : {std::pair("first", &gates[0]), std::pair("second", &gates[1])}) {
    for (int i = 0; i < many; ++i) transfers.start(put(server.url(), body));
    REQUIRE(server.wait_for_requests(asked += many));
    gate->set_value();
    CHECK(transfers.wait(many).size() == many);
    CHECK(transfers.exchange(put(server.url(), "alone")).status == 200);
    ++asked;
  }
  CHECK(server.connections() == many);
}

TEST_CASE("a request that waits for a place can be taken back, one on the wire cannot",
          "[transport]") {
  FaultServer silent(FaultHandlers{.on_head = [](const SeenRequest&) { return Script{Hang{}}; }});
  client::CurlTransport transport({.max_connections = 1});
  Transfers transfers(transport);
  const auto first = transfers.start(put(silent.url(), "form"));
  const auto second = transfers.start(put(silent.url(), "form"));
  REQUIRE(silent.wait_for_requests(1));
  transport.recall(first);
  transport.recall(second);
  const auto ended = transfers.wait(1);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].id == second);
  CHECK(ended[0].reply.error == TransportError::cancelled);
  CHECK(ended[0].reply.departures == 0);
}

TEST_CASE("a silent server holds up nobody else's requests", "[transport]") {
  FaultServer silent(FaultHandlers{.on_head = [](const SeenRequest&) { return Script{Hang{}}; }});
  FaultServer server(ok);
  client::CurlTransport transport({.max_connections = 2});
  Transfers transfers(transport);
  for (int i = 0; i < 10; ++i) transfers.start(put(silent.url(), "form"));
  REQUIRE(silent.wait_for_requests(2));
  CHECK(transfers.exchange(put(server.url(), "form")).status == 200);
  CHECK(silent.connections() == 2);
}

TEST_CASE("N18: a kept-alive connection that dies under a request costs one repeat, counted",
          "[N18]") {
  const Step end = GENERATE(Step{Close{}}, Step{Reset{}});
  FaultServer server([end](const SeenRequest& request) {
    Script script = reply_with(200);
    if (request.connection == 1) {
      script.push_back(AwaitBytes{});
      script.push_back(end);
    }
    return script;
  });
  client::CurlTransport transport;
  Transfers transfers(transport);
  CHECK(transfers.exchange(put(server.url(), "first")).departures == 1);
  Request request = put(server.url(), "second");
  request.headers = {{"Idempotency-Key", "\"k\""}};
  const Reply reply = transfers.exchange(request);
  CHECK(reply.error == TransportError::none);
  CHECK(reply.departures == 2);
  const auto seen = server.requests();
  REQUIRE(seen.size() == 2);
  CHECK(seen[1].connection == 2);
  CHECK(seen[1].body == "second");
  CHECK(header(seen[1].headers, "Idempotency-Key") == "\"k\"");
}

TEST_CASE("N18: a request that was read before its connection died is repeated byte for byte",
          "[N18]") {
  FaultServer server([](const SeenRequest& request) {
    return request.body == "second" && request.connection == 1 ? Script{Close{}} : reply_with(200);
  });
  client::CurlTransport transport;
  Transfers transfers(transport);
  transfers.exchange(put(server.url(), "first"));
  const Reply reply = transfers.exchange(put(server.url(), "second"));
  CHECK(reply.error == TransportError::none);
  CHECK(reply.departures == 2);
  const auto seen = server.requests();
  REQUIRE(seen.size() == 3);
  CHECK(seen[1].head == seen[2].head);
  CHECK(seen[1].body == seen[2].body);
}

TEST_CASE("N18: however many kept-alive connections are dead, a request leaves at most twice",
          "[N18]") {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  // All eight connections are made, kept, and each ends under its second request.
  FaultServer server([&](const SeenRequest& request) {
    if (request.body != "warm") return Script{Close{}};
    return Script{HoldUntil{open}, Send{http_reply(200)}};
  });
  client::CurlTransport transport({.max_connections = 8});
  Transfers transfers(transport);
  for (int i = 0; i < 8; ++i) transfers.start(put(server.url(), "warm"));
  REQUIRE(server.wait_for_requests(8));
  gate.set_value();
  REQUIRE(transfers.wait(8).size() == 8);
  const Reply reply = transfers.exchange(put(server.url(), "form"));
  CHECK(reply.error == TransportError::cut);
  CHECK(reply.departures == 2);
  CHECK(server.requests().size() == 10);
}

TEST_CASE("a connection that the server closed while idle is not used", "[transport]") {
  FaultServer server([](const SeenRequest&) { return Script{Send{http_reply(200)}, Close{}}; });
  client::CurlTransport transport;
  Transfers transfers(transport);
  for (int i = 1; i <= 3; ++i) {
    const Reply reply = transfers.exchange(put(server.url(), "form"));
    CHECK(reply.departures == 1);
    REQUIRE(server.wait_for_open_connections(0));
  }
  CHECK(server.requests().size() == 3);
}

TEST_CASE("forgotten connections are closed, and not used again", "[transport]") {
  FaultServer server(ok);
  client::CurlTransport transport;
  Transfers transfers(transport);
  transfers.exchange(put(server.url(), "form"));
  transport.forget_connections();
  CHECK(server.wait_for_open_connections(0));
  CHECK(transfers.exchange(put(server.url(), "form")).departures == 1);
  CHECK(server.connections() == 2);
}

TEST_CASE("forgetting connections leaves a running transfer alone", "[transport]") {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  FaultServer server([&](const SeenRequest& request) {
    Script script = reply_with(200, {}, request.body);
    if (request.body == "slow") script.insert(script.begin(), HoldUntil{open});
    return script;
  });
  client::CurlTransport transport;
  Transfers transfers(transport);
  transfers.start(put(server.url(), "slow"));
  REQUIRE(server.wait_for_requests(1));
  for (int i = 0; i < 3; ++i) {
    transport.forget_connections();
    CHECK(transfers.exchange(put(server.url(), "quick")).body == "quick");
  }
  CHECK(server.connections() == 4);
  gate.set_value();
  const auto ended = transfers.wait(1);
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().reply.body == "slow");
  CHECK(ended.front().reply.departures == 1);
  // Only the newest connection is left.
  CHECK(server.wait_for_open_connections(1));
}

TEST_CASE("a program started by the host does not inherit a connection", "[transport]") {
  FaultServer server(ok);
  client::CurlTransport transport;
  Transfers transfers(transport);
  const std::set<int> before = inheritable_sockets();
  transfers.exchange(put(server.url(), "form"));
  CHECK(inheritable_sockets() == before);
}

}  // namespace lodge::test
