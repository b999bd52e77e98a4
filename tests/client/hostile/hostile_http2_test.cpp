// What only HTTP/2 has.

#include "client/hostile/troubles.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

// (A 500 for a client that comes back with HTTP/1.1.)
Script frames(const std::string& what) { return reply_with(500, "X-Frames: " + what + "\r\n"); }

void expect_survival_of(const std::string& what, bool effect) {
  if (!can_have(Wire::http2)) return;
  BadDay day(Wire::http2);
  day.server.set_trouble([&](const SeenRequest& request, const Serve& serve) {
    if (effect && writes(request)) serve();
    return frames(what);
  });
  day.file_and_flush();
  // libcurl does not tell the frames apart, so whatever left is in doubt.
  day.expect_states({"unconfirmed"}, {"unconfirmed"});
  day.expect_discretion();
  day.recover(false);
  day.expect_one_effect_each();
}

TEST_CASE(
    "N26: a stream that the server refuses, or a connection that it says goodbye on, "
    "is in doubt and goes again with its key",
    "[N26][wires]") {
  const std::string what = GENERATE(as<std::string>(), "refused", "goaway", "calm");
  const bool effect = GENERATE(false, true);
  CAPTURE(what, effect);
  expect_survival_of(what, effect);
}

TEST_CASE("N27: a server that asks for HTTP/1.1 in the middle gets the same bytes and key",
          "[N27][wires]") {
  if (!can_have(Wire::http2)) return;
  BadDay day(Wire::http2);
  std::mutex mutex;
  std::set<std::string> keys;
  day.server.set_trouble([&](const SeenRequest& request, const Serve&) {
    const std::lock_guard lock(mutex);
    if (request.method == "PUT") {
      keys.insert(std::string(header(request.headers, "Idempotency-Key").value_or("")) +
                  request.target);
    }
    return frames("http11");
  });
  day.file_and_flush();
  {
    const std::lock_guard lock(mutex);
    CHECK(keys.size() == 2);
  }
  day.expect_states({"unconfirmed"}, {"unconfirmed"});
  day.recover(false);
  day.expect_one_effect_each();
}

TEST_CASE("N49: a connection that went silent silences nothing but what was on it",
          "[N49][N12][wires]") {
  if (!can_have(Wire::http2)) return;
  HostileServer server(Wire::http2);
  TemporaryFolder folder;
  const auto transport = server.options(folder).transport;
  Transfers transfers(*transport);
  const auto ask = [&] {
    return transfers.exchange(
        {.url = server.endpoint() + "/f/x", .patience = std::chrono::seconds(1)});
  };
  CHECK(ask().error == TransportError::none);
  server.set_trouble(always(frames("silent")));
  CHECK(ask().error == TransportError::timeout);
  server.heal();
  CHECK(ask().error == TransportError::none);
}

}  // namespace
}  // namespace lodge::test
