// What leaves this machine, to the byte; and what must not.

#include <fstream>
#include <string>
#include <vector>

#include "client/curl/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/fault_server.hpp"
#include "support/temporary_folder.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

struct SentBytes {
  explicit SentBytes(Script script = reply_with(200), client::CurlOptions options = {})
      : server([script](const SeenRequest&) { return script; }), transport(std::move(options)) {}

  FaultServer server;
  client::CurlTransport transport;
  Transfers transfers{transport};
};

std::string only_head(const FaultServer& server) {
  const auto requests = server.requests();
  return requests.size() == 1 ? requests.front().head : std::to_string(requests.size());
}

}  // namespace

TEST_CASE("a PUT leaves with what it was given and nothing else", "[transport]") {
  SentBytes wire(reply_with(201), {.user_agent = "lodge/1"});
  Request request = put(wire.server.url("/c/a%2Fb/../x?id=eq.1"), "{\"a\":1}\n");
  request.headers = {{"Content-Type", "application/json"},
                     {"If-None-Match", "*"},
                     {"X-Empty", ""},
                     {"Idempotency-Key", "\"0190\""}};
  REQUIRE(wire.transfers.exchange(request).status == 201);
  CHECK(only_head(wire.server) ==
        "PUT /c/a%2Fb/../x?id=eq.1 HTTP/1.1\r\n"
        "Host: 127.0.0.1:" +
            std::to_string(wire.server.port()) +
            "\r\n"
            "User-Agent: lodge/1\r\n"
            "Accept: */*\r\n"
            "Content-Type: application/json\r\n"
            "If-None-Match: *\r\n"
            "X-Empty:\r\n"
            "Idempotency-Key: \"0190\"\r\n"
            "Content-Length: 8\r\n\r\n");
  CHECK(wire.server.requests().front().body == "{\"a\":1}\n");
}

TEST_CASE("a GET and a DELETE have no body, an empty PUT says so", "[transport]") {
  SentBytes wire(reply_with(200), {.user_agent = ""});
  const std::string host = "Host: 127.0.0.1:" + std::to_string(wire.server.port());
  // One handle serves them in turn: nothing of one may show in the next.
  wire.transfers.exchange(put(wire.server.url(), "text"));
  wire.transfers.exchange(get(wire.server.url()));
  wire.transfers.exchange({.method = Method::del, .url = wire.server.url()});
  wire.transfers.exchange(put(wire.server.url(), ""));
  const auto seen = wire.server.requests();
  REQUIRE(seen.size() == 4);
  CHECK(seen[1].head == "GET / HTTP/1.1\r\n" + host + "\r\nAccept: */*\r\n\r\n");
  CHECK(seen[2].head == "DELETE / HTTP/1.1\r\n" + host + "\r\nAccept: */*\r\n\r\n");
  CHECK(seen[3].head ==
        "PUT / HTTP/1.1\r\n" + host + "\r\nAccept: */*\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a body of many bytes arrives as it was, and waits for leave from 1 MiB on",
          "[transport]") {
  SentBytes wire;
  std::string body((std::size_t{1} << 20) - 1, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7919);
  CHECK(wire.transfers.exchange(put(wire.server.url(), body)).status == 200);
  body += "and one more";
  CHECK(wire.transfers.exchange(put(wire.server.url(), body)).status == 200);
  const auto seen = wire.server.requests();
  REQUIRE(seen.size() == 2);
  CHECK(header_count(seen[0].headers, "Expect") == 0);
  CHECK(header(seen[1].headers, "Expect") == "100-continue");
  CHECK(seen[1].body == body);
  CHECK(header(seen[1].headers, "Content-Length") == std::to_string(body.size()));
  CHECK(header_count(seen[1].headers, "Transfer-Encoding") == 0);
}

TEST_CASE("N3: a redirect to a login page is an answer, not a route", "[N3]") {
  FaultServer elsewhere([](const SeenRequest&) { return reply_with(200); });
  const int status = GENERATE(301, 302, 303, 307, 308);
  SentBytes wire(reply_with(status, "Location: " + elsewhere.url("/login") + "\r\n"));
  const Reply reply = wire.transfers.exchange(put(wire.server.url(), "form"));
  CHECK(reply.error == TransportError::none);
  CHECK(reply.status == status);
  CHECK(header(reply.headers, "Location") == elsewhere.url("/login"));
  CHECK(wire.server.requests().size() == 1);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("S3: a redirect leaks neither body nor headers to another host", "[S3]") {
  FaultServer elsewhere([](const SeenRequest&) { return reply_with(200); },
                        FaultServer::Family::ipv6);
  SentBytes wire(reply_with(
      307, "Location: " + elsewhere.url() + "\r\nRefresh: 0; url=" + elsewhere.url() + "\r\n"));
  Request request = put(wire.server.url(), "canary");
  request.headers = {{"Authorization", "Bearer canary"}, {"X-Api-Key", "canary"}};
  CHECK(wire.transfers.exchange(request).status == 307);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("I4: what is not http is refused before anything is opened", "[I4]") {
  SentBytes wire;
  for (const std::string url : {"file:///etc/hostname", "ftp://127.0.0.1/", "", "no url"}) {
    const Reply reply = wire.transfers.exchange(get(url));
    INFO(url);
    CHECK(reply.error == TransportError::refused);
    CHECK(reply.status == 0);
    CHECK(reply.departures == 0);
    CHECK(reply.body.empty());
  }
  const std::string secret = "http://user:canary@127.0.0.1:" + std::to_string(wire.server.port());
  const Reply reply = wire.transfers.exchange(get(secret));
  CHECK(reply.error == TransportError::refused);
  CHECK(reply.detail.find("canary") == std::string::npos);
  CHECK(wire.server.connections() == 0);
}

TEST_CASE("I3: a header with a line break is refused before anything is opened", "[I3]") {
  SentBytes wire;
  Request request = put(wire.server.url(), "form");
  request.headers = {{"X-Note", "a\r\nX-Evil: canary"}};
  const Reply reply = wire.transfers.exchange(request);
  CHECK(reply.error == TransportError::refused);
  CHECK(reply.departures == 0);
  CHECK(reply.detail.find("canary") == std::string::npos);
  CHECK(wire.server.connections() == 0);
}

TEST_CASE("N24: proxy variables in the environment change nothing", "[N24][S13]") {
  FaultServer proxy([](const SeenRequest&) { return reply_with(200, "X-Proxy: 1\r\n"); });
  const std::string url = proxy.url("");
  const Variable all("ALL_PROXY", url), http("http_proxy", url), https("HTTPS_PROXY", url);
  SentBytes wire;
  const Reply reply = wire.transfers.exchange(get(wire.server.url()));
  CHECK(reply.status == 200);
  CHECK(header_count(reply.headers, "X-Proxy") == 0);
  CHECK(proxy.connections() == 0);
}

TEST_CASE("N24: a configured proxy is used whatever the environment says, and its 407 is a reply",
          "[N24]") {
  FaultServer proxy([](const SeenRequest&) {
    return reply_with(407, "Proxy-Authenticate: Basic realm=\"x\"\r\n");
  });
  const Variable none("no_proxy", "*");
  SentBytes wire(reply_with(200), {.proxy = proxy.url("")});
  const Reply reply = wire.transfers.exchange(put(wire.server.url(), "form"));
  CHECK(reply.error == TransportError::none);
  CHECK(reply.status == 407);
  CHECK_FALSE(reply.loopback);
  CHECK(wire.server.connections() == 0);
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests().front().target == wire.server.url());
}

TEST_CASE("N24: a proxy that refuses the tunnel, or is not there, is a proxy error", "[N24]") {
  FaultServer proxy([](const SeenRequest&) { return reply_with(407); });
  SentBytes tunnel(reply_with(200), {.proxy = proxy.url("")});
  const Reply refused = tunnel.transfers.exchange(put("https://forms.invalid/", "form"));
  CHECK(refused.error == TransportError::proxy);
  CHECK(refused.departures == 0);
  CHECK(refused.headers.empty());
  REQUIRE(proxy.requests().size() >= 1);
  CHECK(proxy.requests().front().method == "CONNECT");
  CHECK(proxy.requests().front().body.empty());

  const std::string nowhere = "http://user:canary@127.0.0.1:1";
  SentBytes missing(reply_with(200), {.proxy = nowhere});
  const Reply reply = missing.transfers.exchange(put(missing.server.url(), "form"));
  CHECK(reply.error == TransportError::proxy);
  CHECK(reply.departures == 0);
  CHECK(reply.detail.find("canary") == std::string::npos);
}

TEST_CASE("S13: a .netrc and cookies are neither read nor sent", "[S13]") {
  const TemporaryFolder folder;
  std::ofstream(folder / ".netrc") << "default login canary password canary\n";
  const Variable home("HOME", folder.path());
  SentBytes wire(reply_with(200, "Set-Cookie: a=b; Path=/\r\nAlt-Svc: h2=\":1\"\r\n"));
  wire.transfers.exchange(get(wire.server.url()));
  wire.transfers.exchange(get(wire.server.url()));
  for (const SeenRequest& seen : wire.server.requests()) {
    CHECK(header_count(seen.headers, "Cookie") == 0);
    CHECK(header_count(seen.headers, "Authorization") == 0);
  }
}

}  // namespace lodge::test
