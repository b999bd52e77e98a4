#include "server_case.hpp"

namespace lodge::demo {
namespace {

ServerCase with_history() {
  ServerCase c;
  const std::string tag = field(c.send(put(R"({"a":"\u00e9"})", {if_absent(), key("k1")})), "ETag");
  c.send(put(R"({"a":2})", {if_absent(), key("k2")}));
  c.send(put(R"({"a":2})", {if_match("\"\xff\""), key("k3")}));
  c.send(put(R"({"b":1})", {if_absent(), key("k4")}, "/v1/a/b"));
  c.server.edit({"a", "b"}, {{"b", 2}}, c.now);
  c.send(del({if_match(tag), key("k5")}));
  return c;
}

}  // namespace

TEST_CASE("a restored server goes on as if nothing happened") {
  ServerCase c = with_history();
  const std::string state = c.server.serialise();
  ServerCase restored{FormsServer::restore({}, state), c.now};
  CHECK(restored.server.serialise() == state);

  const std::string tag = *c.server.find({"a", "b"})->tag;
  for (const Request& request :
       {get(), get("/v1/a/b"), put(R"({"a":"\u00e9"})", {if_absent(), key("k1")}),
        put(R"({"a":3})", {if_absent(), key("k2")}), put(R"({"a":2})", {if_absent(), key("k2")}),
        put(R"({"a":2})", {if_match("\"\xff\""), key("k3")}), del({if_match("\"x\""), key("k5")}),
        put("{}", {if_match(tag)}, "/v1/a/b"), get("/v1/a/b"), get("/v1")}) {
    const Reply ours = c.send(request);
    const Reply theirs = restored.send(request);
    CHECK(ours.status == theirs.status);
    CHECK(ours.body == theirs.body);
    CHECK(field(ours, "ETag") == field(theirs, "ETag"));
    CHECK(field(ours, "Idempotency-Replayed") == field(theirs, "Idempotency-Replayed"));
  }
  CHECK(restored.server.serialise() == c.server.serialise());
}

TEST_CASE("N22: after yesterday's backup came back, an old version is never mistaken for a new one",
          "[N22]") {
  ServerCase c;
  const std::string first = c.create(R"({"a":1})");
  const std::string backup = c.server.serialise();
  const std::string lost = field(c.send(put(R"({"a":2})", {if_match(first)})), "ETag");
  c.server = FormsServer::restore({}, backup);
  c.now += std::chrono::hours(24);
  const std::string fresh = field(c.send(put(R"({"a":3})", {if_match(first)})), "ETag");
  CHECK(fresh != lost);
  CHECK(c.send(put(R"({"a":4})", {if_match(lost)})).status == 412);
}

TEST_CASE("restored keys still expire, the oldest first") {
  const ServerRules rules{.key_lifetime = std::chrono::hours(2)};
  ServerCase c{FormsServer(rules)};
  const Request early = put("{}", {if_absent(), key("z")}, "/v1/a/1");
  const Request late = put("{}", {if_absent(), key("a")}, "/v1/a/2");
  c.send(early);
  c.now += std::chrono::hours(1);
  c.send(late);
  c.server = FormsServer::restore(rules, c.server.serialise());
  c.now += std::chrono::hours(1);
  CHECK(c.send(early).status == 412);
  CHECK(c.send(late).status == 201);
}

TEST_CASE("a text that is no state is refused") {
  const auto text = GENERATE(
      as<std::string>(), "", "{", "[]", "{}", R"({"format":"another"})",
      R"({"format":"lodge forms-server 1","tally":{},"effects":[],"keys":[]})",
      R"({"format":"lodge forms-server 1","tally":{"requests":0,"reads":0,"replays":0,"key_reuses":0,"refusals":0},"effects":[],"keys":[{"by":"","key":"k","at":0,"method":"PUT","path":"/","precondition":"","effect":7}]})");
  CAPTURE(text);
  CHECK_THROWS_AS(FormsServer::restore({}, text), std::invalid_argument);
}

}  // namespace lodge::demo
