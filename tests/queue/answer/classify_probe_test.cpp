#include "queue/answer/classify_probe.hpp"

#include "support/catch.hpp"

namespace lodge::queue {

TEST_CASE("any answer of the server itself shows that it was reached") {
  for (const int status : {200, 204, 304, 401, 404, 429, 500, 503}) {
    INFO(status);
    CHECK(classify_probe({.status = status, .verified = true}) == ProbeAnswer::server);
    CHECK(classify_probe({.status = status, .loopback = true}) == ProbeAnswer::server);
    CHECK(classify_probe({.status = status}) == ProbeAnswer::somebody);
  }
}

TEST_CASE("a page, a redirect, a gate and a wrong certificate are the network's") {
  const std::vector<Header> html{{"Content-Type", "text/html; charset=utf-8"}};
  CHECK(classify_probe({.status = 200, .headers = html, .verified = true}) ==
        ProbeAnswer::intercepted);
  CHECK(classify_probe({.status = 204, .body = "<!doctype html>"}) == ProbeAnswer::intercepted);
  for (const int status : {301, 302, 307, 308, 407, 511}) {
    INFO(status);
    CHECK(classify_probe({.status = status, .verified = true}) == ProbeAnswer::intercepted);
  }
  CHECK(classify_probe({.error = TransportError::certificate}) == ProbeAnswer::intercepted);
}

TEST_CASE("no complete answer is nobody's") {
  for (const auto error : {TransportError::resolve, TransportError::connect, TransportError::cut,
                           TransportError::timeout, TransportError::too_large}) {
    CHECK(classify_probe({.error = error, .status = 200, .verified = true}) == ProbeAnswer::nobody);
  }
}

}  // namespace lodge::queue
