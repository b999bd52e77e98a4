#include <string>

#include "queue/answer/classify.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Meaning;
using queue::Outcome;
using storage::GateReason;

Meaning read(const Reply& reply) {
  return queue::classify_check(a_get(), reply, a_profile(), noon);
}

bool is_intercepted(const Meaning& meaning) {
  return meaning.outcome == Outcome::hold && meaning.hold->reason == GateReason::intercepted;
}

Reply typed(const std::string& type, const std::string& body) {
  return a_reply(200, body, {{"Content-Type", type}});
}

}  // namespace

TEST_CASE("a check finds a document by its media type and by parsing it") {
  CHECK(read(a_document("{\"a\":1}", "\"v\"")).outcome == Outcome::done);
  CHECK(read(typed("application/vnd.form+json; v=1", "{}")).outcome == Outcome::done);
  CHECK(read(typed("text/plain", "{}")).outcome == Outcome::retry);
  CHECK(read(a_reply(200, "{}")).outcome == Outcome::retry);
  CHECK(read(typed("application/json", "{\"a\":")).outcome == Outcome::retry);
  CHECK(is_intercepted(read(typed("text/html", "{}"))));
}

TEST_CASE("I7: a document that cannot be held is a conflict, noise is not", "[I7]") {
  const Meaning deep =
      read(typed("application/json", std::string(100, '[') + std::string(100, ']')));
  CHECK(deep.outcome == Outcome::done);
  CHECK(deep.unreadable);
  CHECK(read(typed("application/json", "{\"a\":1e999}")).unreadable);
  Reply large = a_document("", "\"v\"");
  large.error = TransportError::too_large;
  CHECK(read(large).unreadable);
  CHECK(read(large).version == Version{"\"v\""});
  large.status = 500;
  CHECK(read(large).outcome == Outcome::retry);
}

TEST_CASE("404 and 410 say gone, a page only over a trusted connection") {
  for (const int status : {404, 410}) {
    CHECK(read(a_reply(status)).gone);
    CHECK(read(a_reply(status)).outcome == Outcome::check);
    CHECK(read(a_page(status)).gone);
    CHECK(read(unverified(a_reply(status))).gone);
    CHECK(is_intercepted(read(unverified(a_page(status)))));
  }
}

TEST_CASE("N21: a weak tag is kept as it is, beside a content coding it is none", "[N21]") {
  CHECK(read(a_document("{}", "W/\"v\"")).version == Version{"W/\"v\""});
  Reply coded = a_document("{}", "W/\"v\"");
  coded.headers.push_back({"Content-Encoding", "gzip"});
  CHECK_FALSE(read(coded).version);
  Reply strong = a_document("{}", "\"v\"");
  strong.headers.push_back({"Content-Encoding", "identity"});
  CHECK(read(strong).version);
  Reply twice = a_document("{}", "\"v\"");
  twice.headers.push_back({"ETag", "\"v\""});
  CHECK_FALSE(read(twice).version);
}

TEST_CASE("a check in front of closed doors waits and decides nothing") {
  for (int status = 100; status < 600; ++status) {
    if (status == 200 || status == 404 || status == 410) continue;
    for (const Reply& reply : {a_reply(status, "x"), a_page(status), unverified(a_page(status))}) {
      CAPTURE(status);
      const Meaning meaning = read(reply);
      CHECK((meaning.outcome == Outcome::retry || meaning.outcome == Outcome::hold));
      CHECK_FALSE(meaning.arrived);
      CHECK_FALSE(meaning.gone);
    }
  }
  CHECK(read(a_reply(401)).sign_in);
  CHECK(read(a_reply(403, "", {{"WWW-Authenticate", "Bearer"}})).sign_in);
  CHECK(read(a_reply(403)).outcome == Outcome::retry);
  const Header no_scope{"WWW-Authenticate", "Bearer error=\"insufficient_scope\""};
  CHECK(read(a_reply(403, "", {no_scope})).outcome == Outcome::retry);
  CHECK(read(a_reply(503)).hold->reason == GateReason::busy);
  CHECK(is_intercepted(read(a_reply(302))));
}

TEST_CASE("a check follows 307 and 308 inside the origin") {
  CHECK(read(a_reply(308, "", {{"Location", "/v1/elsewhere"}})).outcome == Outcome::follow);
  CHECK(is_intercepted(read(a_reply(308, "", {{"Location", "https://other.example/"}}))));
}

TEST_CASE("a check that failed on the way has had no effect") {
  Reply reply;
  reply.error = TransportError::timeout;
  reply.departures = 1;
  CHECK(read(reply).outcome == Outcome::retry);
  CHECK_FALSE(read(reply).arrived);
}
