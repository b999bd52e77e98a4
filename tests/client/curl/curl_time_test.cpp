// How long things may take, whatever the network does.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client/curl/curl_transport.hpp"
#include "client/process/os_support.hpp"
#include "hanging_resolver.hpp"
#include "support/catch.hpp"
#include "support/fair_time.hpp"
#include "support/fault_server.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds time_to_destroy(std::unique_ptr<client::CurlTransport> transport) {
  const FairTime time;
  transport.reset();
  return time.passed();
}

Request impatient(Request request) {
  request.patience = 1s;
  return request;
}

}  // namespace

TEST_CASE("N12: a server that accepts and never speaks ends by the speed limit", "[N12]") {
  FaultServer server(FaultHandlers{.on_connect = [](int) { return Script{Hang{}}; }});
  client::CurlTransport transport;
  Transfers transfers(transport);
  const Reply reply = transfers.exchange(impatient(put(server.url(), "form")));
  CHECK(reply.error == TransportError::timeout);
  CHECK(reply.departures == 1);
}

TEST_CASE("N12: an answer that drips ends by the speed limit", "[N12]") {
  FaultServer server([](const SeenRequest&) {
    return Script{Send{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"},
                  Drip{std::string(1000, '.'), 50ms}};
  });
  client::CurlTransport transport;
  Transfers transfers(transport);
  const Reply reply = transfers.exchange(impatient(get(server.url())));
  CHECK(reply.error == TransportError::timeout);
  CHECK(reply.status == 200);
  CHECK(reply.departures == 1);
}

TEST_CASE("a port that never answers ends by the connect timeout, and nothing left",
          "[transport]") {
  const SilentPort silent;
  client::CurlTransport transport({.connect_timeout = 150ms});
  Transfers transfers(transport);
  const Reply reply =
      transfers.exchange(put("http://127.0.0.1:" + std::to_string(silent.port()) + "/", "form"));
  CHECK(reply.error == TransportError::connect);
  CHECK(reply.departures == 0);
}

TEST_CASE("a closed port and an unknown name are told apart, and nothing left", "[transport]") {
  client::CurlTransport transport;
  Transfers transfers(transport);
  const Reply closed = transfers.exchange(put("http://127.0.0.1:1/", "form"));
  CHECK(closed.error == TransportError::connect);
  CHECK(closed.departures == 0);
  const Reply unknown = transfers.exchange(put("http://nobody.unknown.test/", "form"));
  CHECK(unknown.error == TransportError::resolve);
  CHECK(unknown.departures == 0);
}

TEST_CASE("N13: while a resolver hangs others go on, and the caller waits for nothing", "[N13]") {
  HangingResolver resolver;
  FaultServer server([](const SeenRequest&) { return reply_with(200); });
  client::CurlTransport transport({.connect_timeout = 300ms});
  Transfers transfers(transport);
  const TransferId stuck = transfers.start(get("http://hang.test/"));
  REQUIRE(resolver.wait_until_asked());
  const TransferId other = transfers.start(get(server.url()));
  const auto first = transfers.wait(1);
  REQUIRE(first.size() == 1);
  CHECK(first.front().id == other);
  CHECK(first.front().reply.status == 200);
  const auto second = transfers.wait(1);
  REQUIRE(second.size() == 1);
  CHECK(second.front().id == stuck);
  CHECK(second.front().reply.error == TransportError::resolve);
  CHECK(second.front().reply.departures == 0);
}

TEST_CASE("N13: the destructor does not wait for a resolver that hangs", "[N13][close]") {
  HangingResolver resolver;
  auto transport = std::make_unique<client::CurlTransport>();
  for (TransferId id = 1; id <= 5; ++id) transport->start(id, get("http://hang.test/"));
  REQUIRE(resolver.wait_until_asked());
  CHECK(time_to_destroy(std::move(transport)) < 1500ms);
}

TEST_CASE("N13: cancelling does not wait for a resolver that hangs", "[N13]") {
  HangingResolver resolver;
  client::CurlTransport transport;
  Transfers transfers(transport);
  const TransferId id = transfers.start(get("http://hang.test/"));
  REQUIRE(resolver.wait_until_asked());
  transport.cancel(id);
  const auto ended = transfers.wait(1, 5s);
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().reply.error == TransportError::cancelled);
  CHECK(ended.front().reply.departures == 0);
}

TEST_CASE("N17: when IPv6 leads nowhere, IPv4 is used within the connect timeout", "[N17]") {
  FaultServer server([](const SeenRequest&) { return reply_with(200); });
  std::unique_ptr<SilentPort> nowhere;
  try {
    nowhere = std::make_unique<SilentPort>(true, server.port());
  } catch (const std::exception&) {
    WARN("SKIPPED: no IPv6 on the loopback interface");
    return;
  }
  const std::string port = std::to_string(server.port());
  client::CurlTransport transport(
      {.connect_timeout = 5s, .resolve = {"both.test:" + port + ":[::1],127.0.0.1"}});
  Transfers transfers(transport);
  const Reply reply = transfers.exchange(put("http://both.test:" + port + "/", "form"));
  INFO(reply.detail);
  CHECK(reply.status == 200);
  CHECK(reply.departures == 1);
  CHECK(reply.loopback);
  CHECK(reply.address == "127.0.0.1");
}

TEST_CASE("the destructor is quick with requests in flight to a silent server", "[close]") {
  FaultServer server(FaultHandlers{.on_head = [](const SeenRequest&) { return Script{Hang{}}; }});
  auto transport = std::make_unique<client::CurlTransport>();
  for (TransferId id = 1; id <= 16; ++id) transport->start(id, put(server.url(), "form"));
  REQUIRE(server.wait_for_requests(16));
  // The goal is 50 ms; a loaded machine gets more.
  CHECK(time_to_destroy(std::move(transport)) < 1000ms);
}

TEST_CASE("the destructor is quick while connecting, while flooded, and with nothing to do",
          "[close]") {
  const SilentPort silent;
  FaultServer flooding([](const SeenRequest&) {
    return Script{Send{"HTTP/1.1 200 OK\r\n\r\n"}, Flood{std::string(4096, 'x')}};
  });
  auto transport = std::make_unique<client::CurlTransport>();
  CHECK(time_to_destroy(std::make_unique<client::CurlTransport>()) < 1000ms);
  transport->start(1, get("http://127.0.0.1:" + std::to_string(silent.port()) + "/"));
  Request endless = get(flooding.url());
  endless.reply_limit = std::size_t{1} << 40;
  transport->start(2, endless);
  REQUIRE(flooding.wait_for_requests(1));
  CHECK(time_to_destroy(std::move(transport)) < 1000ms);
}

TEST_CASE("the transport's thread never wakes up while nothing is in flight", "[idle]") {
  FaultServer server([](const SeenRequest&) { return reply_with(200); });
  client::CurlTransport transport;
  Transfers transfers(transport);
  // Kept-alive connections stay, and must not cause a look at the clock.
  for (int i = 0; i < 16; ++i) transfers.start(get(server.url()));
  REQUIRE(transfers.wait(16).size() == 16);
  const std::string thread = "lodge-transport";
  long before = -1;
  for (int i = 0; i < 40 && before != switches_of_threads(thread); ++i) {
    before = switches_of_threads(thread);
    stay_idle_for(50ms);
  }
  stay_idle_for(1200ms);  // libcurl's own timers tick each second
  CHECK(before > 0);
  CHECK(switches_of_threads(thread) == before);
}

}  // namespace lodge::test
