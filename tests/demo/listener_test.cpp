#include "demo/server/listener.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <stdexcept>
#include <vector>

#include "server_case.hpp"
#include "socket_client.hpp"

namespace lodge::demo {
namespace {

std::string text(std::string_view method, std::string_view path, std::string_view fields = "",
                 std::string_view body = "") {
  std::string request =
      std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: forms\r\n";
  request.append(fields);
  if (!body.empty()) {
    request +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return request.append("\r\n").append(body);
}

const std::string create =
    text("PUT", "/v1/a/1", "If-None-Match: *\r\nIdempotency-Key: \"k\"\r\n", R"({"a":1})");

/// The forms server behind a socket. Weather of each coming request, then fair.
class Site {
 public:
  explicit Site(std::deque<Delivery> weather = {}, ListenerOptions options = {})
      : weather_(std::move(weather)), listener_(handler(), with_weather(std::move(options))) {}

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
  Listener& listener() { return listener_; }

  /// Stops the listener: afterwards the server can be read from the test's thread.
  FormsServer& stopped_server() {
    listener_.stop();
    return server_;
  }

 private:
  Handler handler() {
    return [this](const Request& request) { return server_.handle(request, noon); };
  }

  ListenerOptions with_weather(ListenerOptions options) {
    options.weather = [this](const Request&) {
      if (weather_.empty()) return Delivery::answer;
      const Delivery next = weather_.front();
      weather_.pop_front();
      return next;
    };
    return options;
  }

  std::deque<Delivery> weather_;
  FormsServer server_;
  Listener listener_;
};

bool has(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("one connection carries several requests") {
  Site site;
  SocketClient client(site.port());
  client.send(create);
  const std::string created = client.read_message();
  CHECK(created.starts_with("HTTP/1.1 201 Created\r\n"));
  CHECK(has(created, "\r\nETag: \"1-"));
  CHECK(has(created, "\r\nIdempotency-Key: \"k\"\r\n"));
  CHECK(has(created, "\r\nContent-Length: 0\r\n"));
  CHECK(has(created, "\r\nDate: "));
  client.send(text("GET", "/v1/a/1"));
  const std::string read = client.read_message();
  CHECK(read.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(read.ends_with(R"({"a":1})"));
  client.send(text("GET", "/v1/a/2", "Connection: close\r\n"));
  const std::string missing = client.read_all();
  CHECK(missing.starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(has(missing, "application/problem+json"));
  CHECK(site.listener().connections() == 1);
}

TEST_CASE("a 204 has no Content-Length") {
  Site site;
  SocketClient client(site.port());
  client.send(create);
  client.read_message();
  client.send(text("PUT", "/v1/a/1", "If-Match: *\r\n", "{}"));
  const std::string replaced = client.read_message();
  CHECK(replaced.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK_FALSE(has(replaced, "Content-Length"));
}

TEST_CASE("requests sent in one go are answered in order") {
  Site site;
  SocketClient client(site.port());
  client.send(create + text("GET", "/v1/a/1") + text("DELETE", "/v1/a/1", "If-Match: *\r\n"));
  CHECK(client.read_message().starts_with("HTTP/1.1 201"));
  CHECK(client.read_message().starts_with("HTTP/1.1 200"));
  CHECK(client.read_message().starts_with("HTTP/1.1 204"));
}

TEST_CASE("the handler sees the request as a client made it") {
  std::promise<Request> seen;
  Listener listener([&](const Request& request) {
    seen.set_value(request);
    return Reply{.status = 204};
  });
  SocketClient client(listener.port());
  client.send(
      "PUT /v1/a/b%2Fc?x=%20 HTTP/1.1\r\nHost: forms:8080\r\nX-Twice: 1\r\nx-twice: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n");
  client.read_message();
  const Request request = seen.get_future().get();
  CHECK(request.method == Method::put);
  CHECK(request.url == "http://forms:8080/v1/a/b%2Fc?x=%20");
  CHECK(request.body == R"({"a":1})");
  CHECK(header_count(request.headers, "X-Twice") == 2);
}

TEST_CASE("a request dropped before it is handled has no effect") {
  Site site({Delivery::drop_before});
  SocketClient client(site.port());
  client.send(create);
  CHECK(client.read_all().empty());
  CHECK(site.stopped_server().ledger().effects().empty());
}

TEST_CASE("N1: an answer dropped after the effect is replayed to the repeat", "[N1]") {
  Site site({Delivery::drop_after});
  SocketClient lost(site.port());
  lost.send(create);
  CHECK(lost.read_all().empty());
  SocketClient client(site.port());
  client.send(create);
  CHECK(has(client.read_message(), "\r\nIdempotency-Replayed: true\r\n"));
  CHECK(site.stopped_server().ledger().effects().size() == 1);
}

TEST_CASE("N2: a cut answer ends in the middle", "[N2]") {
  Site site({Delivery::answer, Delivery::cut});
  SocketClient client(site.port());
  const std::string body = R"({"text":")" + std::string(100'000, 'x') + "\"}";
  client.send(text("PUT", "/v1/a/1", "If-None-Match: *\r\n", body));
  client.read_message();
  client.send(text("GET", "/v1/a/1"));
  const std::string half = client.read_all();
  CHECK(half.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(half.size() > 50'000);
  CHECK(half.size() < 51'000);
}

TEST_CASE("a handler without an answer ends the connection, one that throws answers 500") {
  std::atomic<int> calls = 0;
  Listener listener([&](const Request&) -> std::optional<Reply> {
    if (++calls == 1) return std::nullopt;
    if (calls == 2) return Reply{.error = TransportError::cut, .status = 200};
    throw std::runtime_error("broken");
  });
  for (int round = 0; round < 2; ++round) {
    SocketClient client(listener.port());
    client.send(text("GET", "/"));
    CHECK(client.read_all().empty());
  }
  SocketClient client(listener.port());
  client.send(text("GET", "/"));
  CHECK(client.read_all().starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
}

TEST_CASE("a hanging answer holds nobody else up, and ends with the listener") {
  std::promise<void> handled;
  Listener listener(
      [&](const Request& request) {
        if (request.method == Method::put) handled.set_value();
        return Reply{.status = 204};
      },
      {.weather = [](const Request& request) {
        return request.method == Method::put ? Delivery::hang : Delivery::answer;
      }});
  SocketClient waiting(listener.port());
  waiting.send(create);
  handled.get_future().wait();
  SocketClient client(listener.port());
  client.send(text("GET", "/v1/a/1"));
  CHECK(client.read_message().starts_with("HTTP/1.1 204"));
  listener.stop();
  CHECK(waiting.read_all().empty());
  CHECK(client.read_all().empty());
}

TEST_CASE("after stop the port is closed and can be taken again") {
  Listener first([](const Request&) { return Reply{.status = 204}; });
  const std::uint16_t port = first.port();
  CHECK_THROWS_AS(Listener([](const Request&) { return Reply{}; }, {.port = port}),
                  std::runtime_error);
  first.stop();
  first.stop();
  CHECK_FALSE(SocketClient(port).connected());
  Listener second([](const Request&) { return Reply{.status = 204}; }, {.port = port});
  CHECK(second.url() == "http://127.0.0.1:" + std::to_string(port));
  SocketClient client(port);
  client.send(text("GET", "/"));
  CHECK(client.read_message().starts_with("HTTP/1.1 204"));
}

TEST_CASE("HEAD tells what GET would say") {
  Site site;
  SocketClient client(site.port());
  client.send(create);
  client.read_message();
  client.send(text("HEAD", "/v1/a/1"));
  const std::string head = client.read_message(true);
  CHECK(head.starts_with("HTTP/1.1 200"));
  CHECK(has(head, "\r\nContent-Length: 7\r\n"));
  client.send(text("GET", "/v1/a/1"));
  CHECK(client.read_message().starts_with("HTTP/1.1 200"));
}

TEST_CASE("other methods, too much and no HTTP are refused as problems") {
  Site site({}, {.body_limit = 1000});
  SECTION("method") {
    SocketClient client(site.port());
    client.send(text("POST", "/v1/a/1", "", "{}"));
    const std::string refused = client.read_message();
    CHECK(refused.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(has(refused, "\r\nAllow: GET, HEAD, PUT, DELETE\r\n"));
    client.send(text("GET", "/v1"));
    CHECK(client.read_message().starts_with("HTTP/1.1 200"));
  }
  SECTION("body, announced") {
    SocketClient client(site.port());
    client.send(text("PUT", "/v1/a/1", "", std::string(500'000, ' ')));
    const std::string refused = client.read_all();
    CHECK(refused.starts_with("HTTP/1.1 413"));
    CHECK(has(refused, "application/problem+json"));
    CHECK_FALSE(client.was_reset());
  }
  SECTION("body, in chunks") {
    SocketClient client(site.port());
    client.send(text("PUT", "/v1/a/1", "Transfer-Encoding: chunked\r\n") + "7d0\r\n" +
                std::string(2000, ' '));
    CHECK(client.read_message().starts_with("HTTP/1.1 413"));
  }
  SECTION("head") {
    SocketClient client(site.port());
    client.send(text("GET", "/v1/a/1", "X: " + std::string(70'000, 'x') + "\r\n"));
    CHECK(client.read_message().starts_with("HTTP/1.1 431"));
  }
  SECTION("noise") {
    SocketClient client(site.port());
    client.send("hello\r\n\r\n");
    CHECK(client.read_message().starts_with("HTTP/1.1 400"));
  }
  CHECK(site.stopped_server().ledger().effects().empty());
}

TEST_CASE("Expect: 100-continue is answered before the body comes") {
  Site site({}, {.body_limit = 1000});
  SocketClient client(site.port());
  client.send(
      "PUT /v1/a/1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nIf-None-Match: *\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read_message() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  CHECK(client.read_message().starts_with("HTTP/1.1 201"));
  client.send(
      "PUT /v1/a/1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n");
  CHECK(client.read_message().starts_with("HTTP/1.1 413"));
}

TEST_CASE("a silent connection is closed") {
  Site site({}, {.idle = std::chrono::milliseconds(20)});
  SocketClient client(site.port());
  CHECK(client.read_all().empty());
}

TEST_CASE("many connections at once are each answered once") {
  Site site;
  std::vector<std::future<bool>> clients;
  for (int client = 0; client < 8; ++client) {
    clients.push_back(std::async(std::launch::async, [&site, client] {
      SocketClient socket(site.port());
      bool fine = true;
      for (int round = 0; round < 25; ++round) {
        const auto path = "/v1/a/" + std::to_string(client) + "-" + std::to_string(round);
        socket.send(text("PUT", path, "If-None-Match: *\r\n", "{}"));
        fine = socket.read_message().starts_with("HTTP/1.1 201") && fine;
      }
      return fine;
    }));
  }
  for (auto& client : clients) CHECK(client.get());
  CHECK(site.stopped_server().ledger().effects().size() == 200);
}

}  // namespace lodge::demo
