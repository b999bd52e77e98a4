#include "server_case.hpp"

namespace lodge::demo {

TEST_CASE("N1: a repeated create gets its first answer again", "[N1]") {
  ServerCase c;
  const Request request = put(R"({"a":1})", {if_absent(), key("k1")});
  const Reply first = c.send(request);
  const Reply again = c.send(request);
  CHECK(again.status == 201);
  CHECK(field(again, "ETag") == field(first, "ETag"));
  CHECK(field(again, "Idempotency-Replayed") == "true");
  CHECK(field(first, "Idempotency-Replayed").empty());
  CHECK(c.effects() == 1);
  CHECK(c.server.ledger().tally.replays == 1);
}

TEST_CASE("keys are looked up before versions: a repeat is replayed after others edited") {
  ServerCase c;
  const Request create = put(R"({"a":1})", {if_absent(), key("k1")});
  const std::string first = field(c.send(create), "ETag");
  const Request update = put(R"({"a":2})", {if_match(first), key("k2")});
  const std::string second = field(c.send(update), "ETag");
  const std::string third = c.server.edit(ada, {{"a", 3}}, c.now);
  CHECK(field(c.send(create), "ETag") == first);
  CHECK(field(c.send(update), "ETag") == second);
  CHECK(c.send(update).status == 204);
  CHECK(c.send(get()).body == R"({"a":3})");
  CHECK(field(c.send(get()), "ETag") == third);
}

TEST_CASE("a repeated delete is replayed, a new one finds the tombstone") {
  ServerCase c;
  const std::string tag = c.create();
  const Request request = del({if_match(tag), key("k1")});
  CHECK(c.send(request).status == 204);
  CHECK(c.send(request).status == 204);
  CHECK(c.send(del({if_match(tag), key("k2")})).status == 410);
  CHECK(c.effects() == 2);
}

TEST_CASE("N6: a key with anything else is refused by 422", "[N6]") {
  ServerCase c;
  const std::string tag = field(c.send(put(R"({"a":1})", {if_absent(), key("k")})), "ETag");
  const std::string_view other_url = "http://127.0.0.1/v1/availability/other";
  const auto request = GENERATE_COPY(
      put(R"({"a":2})", {if_absent(), key("k")}), put(R"({"a":1})", {if_match(tag), key("k")}),
      put(R"({"a":1})", {key("k")}), put(R"({"a":1})", {if_absent(), key("k")}, other_url),
      put("not json", {if_absent(), key("k")}), del({if_match(tag), key("k")}));
  const Reply refused = c.send(request);
  CHECK(refused.status == 422);
  CHECK(problem_of(refused).at("type") == "https://forms.example/problems/idempotency-key-reused");
  CHECK(c.effects() == 1);
  CHECK(c.server.ledger().tally.key_reuses == 1);
}

TEST_CASE("a refused request is judged anew, yet its key stays bound to it") {
  ServerCase c;
  const std::string tag = c.create();
  const Request request = put(R"({"a":1})", {if_absent(), key("k")});
  CHECK(c.send(request).status == 412);
  CHECK(c.send(put(R"({"a":2})", {if_absent(), key("k")})).status == 422);
  REQUIRE(c.server.remove(ada, c.now));
  CHECK(c.send(request).status == 201);
  CHECK(c.server.ledger().of_key("k").size() == 1);
}

TEST_CASE("a key that came with an unusable body is free again") {
  ServerCase c;
  CHECK(c.send(put("[]", {if_absent(), key("k")})).status == 400);
  CHECK(c.send(put("{}", {if_absent(), key("k")})).status == 201);
}

TEST_CASE("the origin is no part of a request's identity") {
  ServerCase c;
  const Header absent = if_absent();
  CHECK(c.send(put("{}", {absent, key("k")}, "http://one/v1/a/b")).status == 201);
  CHECK(field(c.send(put("{}", {absent, key("k")}, "http://two:81/v1/a/b")),
              "Idempotency-Replayed") == "true");
  CHECK(c.send(put("{}", {absent, key("k")}, "http://two:81/v1/a/B")).status == 422);
}

TEST_CASE("keys are quoted strings, bare ones are taken too, others are malformed") {
  struct Row {
    std::string field{};
    std::string key{};
  };
  const auto row = GENERATE(values<Row>({{"\"8e03978e-40d5\"", "8e03978e-40d5"},
                                         {"8e03978e-40d5", "8e03978e-40d5"},
                                         {" \"a b\" ", "a b"},
                                         {R"("a\"b\\c")", "a\"b\\c"},
                                         {"", ""},
                                         {"\"\"", ""},
                                         {"\"open", ""},
                                         {"\"a\"b", ""},
                                         {"a b", ""},
                                         {"a,b", ""},
                                         {R"("a\b")", ""},
                                         {"\"a\tb\"", ""},
                                         {"\"\xc3\xa9\"", ""},
                                         {std::string(201, 'k'), ""}}));
  CAPTURE(row.field);
  ServerCase c;
  const Reply reply = c.send(put("{}", {if_absent(), {"Idempotency-Key", row.field}}));
  CHECK(reply.status == (row.key.empty() ? 400 : 201));
  CHECK(c.server.ledger().of_key(row.key).size() == (row.key.empty() ? 0 : 1));
}

TEST_CASE("two Idempotency-Key fields are malformed") {
  ServerCase c;
  CHECK(c.send(put("{}", {if_absent(), key("a"), key("a")})).status == 400);
}

TEST_CASE("a server that forgot its keys is saved by the precondition") {
  ServerCase c;
  const Request request = put("{}", {if_absent(), key("k")});
  CHECK(c.send(request).status == 201);
  c.server.forget_keys();
  CHECK(c.send(request).status == 412);
  CHECK(c.effects() == 1);
}

TEST_CASE("N23: keys expire after their lifetime, counted from the first request", "[N23]") {
  ServerCase c{FormsServer({.key_lifetime = std::chrono::hours(24)})};
  const Request request = put("{}", {if_absent(), key("k")});
  CHECK(c.send(request).status == 201);
  c.now += std::chrono::hours(24) - Duration(1);
  CHECK(c.send(request).status == 201);
  c.now += Duration(1);
  CHECK(c.send(request).status == 412);
}

TEST_CASE("a key belongs to a person and outlives a token") {
  ServerCase c{FormsServer({.tokens = {{"t1", "ada"}, {"t2", "ada"}, {"t3", "bob"}}})};
  const auto as = [](const char* token) {
    return put("{}", {if_absent(), key("k"), {"Authorization", std::string("Bearer ") + token}});
  };
  CHECK(c.send(as("t1")).status == 201);
  CHECK(field(c.send(as("t2")), "Idempotency-Replayed") == "true");
  CHECK(c.send(as("t3")).status == 412);
  CHECK(c.server.ledger().effect(1).by == "ada");
}

}  // namespace lodge::demo
