#include "queue/answer/classify.hpp"

#include <string>

#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Meaning;
using queue::Outcome;
using storage::GateReason;
using storage::GateScope;
using storage::Precondition;

Meaning put(const Reply& reply, bool in_doubt = false,
            Precondition precondition = Precondition::match) {
  return queue::classify(a_put(), precondition, reply, in_doubt, a_profile(), noon);
}

Meaning failed(TransportError error, int departures, int status = 0) {
  Reply reply;
  reply.error = error;
  reply.departures = departures;
  reply.status = status;
  return put(reply);
}

Reply problem(int status, const std::string& type) {
  return a_reply(status, R"({"type":")" + type + R"(","title":"No"})",
                 {{"Content-Type", "application/problem+json"}});
}

bool is_hold(const Meaning& meaning, GateScope scope, GateReason reason) {
  return meaning.outcome == Outcome::hold && meaning.hold && meaning.hold->scope == scope &&
         meaning.hold->reason == reason;
}

constexpr TransportError errors[] = {
    TransportError::resolve,   TransportError::connect,     TransportError::proxy,
    TransportError::handshake, TransportError::certificate, TransportError::timeout,
    TransportError::cut,       TransportError::too_large,   TransportError::protocol,
    TransportError::refused,   TransportError::cancelled};

}  // namespace

TEST_CASE("an error before anything left is not in doubt, after that it is") {
  for (const TransportError error : errors) {
    CAPTURE(lodge::name(error));
    CHECK_FALSE(failed(error, 0).arrived);
    CHECK(failed(error, 1).arrived);
    CHECK(failed(error, 2).arrived);
    CHECK_FALSE(failed(error, 1).answered);
    const Outcome expected = error == TransportError::certificate ? Outcome::hold : Outcome::retry;
    CHECK(failed(error, 0).outcome == expected);
    CHECK(failed(error, 1).outcome == expected);
    CHECK_FALSE(failed(error, 0).problem.empty());
  }
}

TEST_CASE("an origin that cannot be connected to holds everything, a lost reply only its form") {
  for (const TransportError error : {TransportError::resolve, TransportError::connect,
                                     TransportError::proxy, TransportError::handshake}) {
    CAPTURE(lodge::name(error));
    REQUIRE(failed(error, 0).hold);
    CHECK(failed(error, 0).hold->reason == GateReason::unreachable);
  }
  CHECK_FALSE(failed(TransportError::timeout, 1).hold);
  CHECK_FALSE(failed(TransportError::cut, 1).hold);
  CHECK_FALSE(failed(TransportError::refused, 0).hold);
  CHECK_FALSE(failed(TransportError::cancelled, 0).hold);
}

TEST_CASE("S4: a wrong certificate holds the origin as intercepted", "[S4]") {
  CHECK(
      is_hold(failed(TransportError::certificate, 0), GateScope::origin, GateReason::intercepted));
}

TEST_CASE("N2: a body cut after 200 is a retry in doubt, whatever the status said", "[N2]") {
  const Meaning meaning = failed(TransportError::cut, 1, 201);
  CHECK(meaning.outcome == Outcome::retry);
  CHECK(meaning.arrived);
  CHECK_FALSE(meaning.version);
}

TEST_CASE("N18 N20: a hidden resend and endless headers are in doubt", "[N18][N20]") {
  CHECK(failed(TransportError::cut, 2).arrived);
  CHECK(failed(TransportError::protocol, 1).arrived);
  CHECK(failed(TransportError::protocol, 1).outcome == Outcome::retry);
  Reply own_write = a_reply(412);
  own_write.departures = 2;
  CHECK(put(own_write).outcome == Outcome::check);
}

TEST_CASE("N18: the answer to a hidden resend says nothing of what left before it", "[N18]") {
  for (int status = 200; status < 600; ++status) {
    CAPTURE(status);
    Reply reply = a_reply(status);
    reply.departures = 2;
    CHECK(put(reply).arrived);
    CHECK(put(reply).outcome != Outcome::reject);
  }
}

TEST_CASE("N19: an endless answer after 200 leads to a check", "[N19]") {
  CHECK(failed(TransportError::too_large, 1, 200).outcome == Outcome::check);
  CHECK(failed(TransportError::too_large, 1, 500).outcome == Outcome::retry);
}

TEST_CASE("a put is done with a strong tag over a trusted connection") {
  for (const int status : {200, 201, 204, 205}) {
    Reply reply = a_reply(status, "", {{"ETag", "\"v2\""}});
    const Meaning meaning = put(reply);
    CHECK(meaning.outcome == Outcome::done);
    REQUIRE(meaning.version);
    CHECK(meaning.version->tag == "\"v2\"");
    CHECK(meaning.problem.empty());
    CHECK_FALSE(meaning.accepted);
    reply.verified = false;
    CHECK(put(reply).outcome == Outcome::check);
    CHECK_FALSE(put(reply).accepted);
    reply.loopback = true;
    CHECK(put(reply).outcome == Outcome::done);
  }
  CHECK(put(a_reply(203, "", {{"ETag", "\"v2\""}})).outcome == Outcome::check);
}

TEST_CASE("N21: a weak, missing, doubled, broken or huge tag is none; the 2xx is kept", "[N21]") {
  const std::vector<std::vector<Header>> bad = {{},
                                                {{"ETag", "W/\"v2\""}},
                                                {{"ETag", "\"v2\""}, {"ETag", "\"v2\""}},
                                                {{"ETag", "v2"}},
                                                {{"ETag", "\"v\r\n2\""}},
                                                {{"ETag", "\"" + std::string(2000, 'x') + "\""}}};
  for (const auto& headers : bad) {
    const Meaning meaning = put(a_reply(201, "", headers));
    CHECK(meaning.outcome == Outcome::check);
    CHECK(meaning.accepted);
    CHECK(meaning.from_server);
    CHECK_FALSE(meaning.version);
  }
}

TEST_CASE("N4: a portal's 200 with a page is no acceptance, even with a tag", "[N4]") {
  Reply page = a_page(200);
  page.headers.push_back({"ETag", "\"v2\""});
  CHECK(put(page).outcome == Outcome::check);
  CHECK_FALSE(put(page).accepted);
  Reply untyped = a_reply(200, "  <!DOCTYPE HTML><p>Sign in");
  CHECK_FALSE(put(untyped).accepted);
  CHECK(put(a_page(201)).accepted);
}

TEST_CASE("202 is looked at later and never resent blindly") {
  CHECK(put(a_reply(202)).check_in == Duration(5s));
  CHECK(put(a_reply(202, "", {{"Retry-After", "60"}})).check_in == Duration(60s));
  CHECK_FALSE(put(a_reply(202)).accepted);
}

TEST_CASE("N3: a redirect to a login page holds the origin", "[N3]") {
  for (const int status : {301, 302, 303, 307, 308}) {
    const Reply reply = a_reply(status, "", {{"Location", "http://login.portal.example/"}});
    CHECK(is_hold(put(reply), GateScope::origin, GateReason::intercepted));
    CHECK_FALSE(put(reply).answered);
  }
  CHECK(is_hold(put(a_reply(307)), GateScope::origin, GateReason::intercepted));
}

TEST_CASE("S3: only a redirect with 307 or 308 to the same origin is followed", "[S3]") {
  const Header there{"Location", "/v1/availability/ada%20l"};
  const Meaning meaning = put(a_reply(308, "<html>", {there, {"Content-Type", "text/html"}}));
  CHECK(meaning.outcome == Outcome::follow);
  CHECK(meaning.location == "https://forms.example.org/v1/availability/ada%20l");
  CHECK(put(a_reply(302, "", {there})).outcome == Outcome::hold);
  CHECK(put(a_reply(307, "", {there, there})).outcome == Outcome::hold);
  const Header plain{"Location", "http://forms.example.org/v1/availability/ada"};
  CHECK(put(a_reply(307, "", {plain})).outcome == Outcome::hold);
}

TEST_CASE("N9: 401, and 403 that asks for a bearer, hold the identity", "[N9]") {
  CHECK(put(a_reply(401)).sign_in);
  const Meaning bearer = put(a_reply(403, "", {{"WWW-Authenticate", "Basic x=\"y\", bearer"}}));
  CHECK(is_hold(bearer, GateScope::identity, GateReason::sign_in));
  CHECK(bearer.sign_in);
  CHECK(put(a_reply(403, "", {{"WWW-Authenticate", "Basic realm=\"x\""}})).outcome ==
        Outcome::reject);
  CHECK(put(a_page(401)).sign_in);
}

TEST_CASE("N9: 403 for want of a scope is a refusal: fresh credentials would not help", "[N9]") {
  const std::vector<Header> fields[] = {
      {{"WWW-Authenticate", "Bearer error=\"insufficient_scope\""}},
      {{"www-authenticate", "bearer Error=insufficient_scope, scope=\"admin\""}},
      {{"WWW-Authenticate", "Bearer realm=\"a, b\", error = \"insufficient_scope\""}},
      {{"WWW-Authenticate", "Basic realm=\"x\", Bearer error=\"insufficient_scope\", Negotiate"}},
      {{"WWW-Authenticate", "Basic realm=\"x\""},
       {"WWW-Authenticate", "Bearer error=\"insufficient_scope\""}},
      {{"WWW-Authenticate", "Basic realm=\"x, Bearer \\\", Bearer\""}},
  };
  for (const auto& field : fields) {
    CAPTURE(field[0].value);
    CHECK(put(a_reply(403, "", field)).outcome == Outcome::reject);
    CHECK(put(a_reply(403, "", field), true).outcome == Outcome::check);
    CHECK_FALSE(put(a_reply(403, "", field)).sign_in);
    CHECK(put(a_reply(401, "", field)).sign_in);
  }
  const char* others[] = {"Bearer error=\"invalid_token\"", "Bearer realm=\"insufficient_scope\"",
                          "Basic error=\"insufficient_scope\", Bearer"};
  for (const char* value : others) {
    CAPTURE(value);
    CHECK(put(a_reply(403, "", {{"WWW-Authenticate", value}})).sign_in);
  }
}

TEST_CASE("N5: 409 for a key in progress waits, any other 409 checks", "[N5]") {
  const Meaning waits = put(problem(409, "urn:idempotency-key-in-progress"));
  CHECK(waits.outcome == Outcome::retry);
  CHECK(waits.arrived);
  CHECK(put(problem(409, "urn:version-conflict")).outcome == Outcome::check);
  CHECK(put(problem(412, "urn:idempotency-key-in-progress")).outcome == Outcome::check);
}

TEST_CASE("N6: 422 for a key used again checks, any other 422 rejects", "[N6]") {
  CHECK(put(problem(422, "urn:idempotency-key-reused")).outcome == Outcome::check);
  CHECK(put(problem(422, "urn:bad-date")).outcome == Outcome::reject);
}

TEST_CASE("N10: Retry-After is clamped, and makes 413 a matter of patience", "[N10]") {
  CHECK(put(a_reply(503, "", {{"Retry-After", "315360000"}})).wait == Duration(1h));
  CHECK(put(a_reply(503, "", {{"Retry-After", "-5"}})).wait == Duration(0));
  CHECK_FALSE(put(a_reply(503, "", {{"Retry-After", "soon"}})).wait);
  CHECK(put(a_reply(413, "", {{"Retry-After", "30"}})).outcome == Outcome::retry);
  CHECK(put(a_reply(413)).outcome == Outcome::reject);
}

TEST_CASE("N24: 407 and 511 hold the network", "[N24]") {
  for (const int status : {407, 511}) {
    CHECK(is_hold(put(a_reply(status)), GateScope::origin, GateReason::intercepted));
  }
}

TEST_CASE("N25: 417 and 411 are tried again, not refused", "[N25]") {
  CHECK(put(a_reply(417)).outcome == Outcome::retry);
  CHECK(put(a_reply(411)).outcome == Outcome::retry);
}

TEST_CASE("408, 421 and 425 want another connection") {
  for (const int status : {408, 421, 425}) CHECK(put(a_reply(status)).new_connection);
  CHECK_FALSE(put(a_reply(503)).new_connection);
}

TEST_CASE("the server's words come along, ours where it has none") {
  const Reply said = a_reply(400, R"({"title":"Bad day","detail":"monday: not a range"})",
                             {{"Content-Type", "application/problem+json"}});
  CHECK(put(said).problem == "Bad day: monday: not a range");
  CHECK(put(a_reply(400)).problem == "The server answered 400.");
}
