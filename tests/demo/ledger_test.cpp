#include "server_case.hpp"

namespace lodge::demo {

TEST_CASE("the ledger holds every effect in order and nothing else") {
  ServerCase c;
  const std::string first = field(c.send(put(R"({"a":1})", {if_absent(), key("k1")})), "ETag");
  c.send(put(R"({"a":1})", {if_absent(), key("k1")}));
  c.send(put(R"({"a":9})", {if_absent(), key("k9")}));
  c.send(get());
  c.now += std::chrono::minutes(1);
  const std::string second = c.server.edit(ada, {{"a", 2}}, c.now);
  c.send(del({if_match(second), key("k2")}));

  const auto& rows = c.server.ledger().effects();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].sequence == 1);
  CHECK(rows[0].key == "k1");
  CHECK(rows[0].method == Method::put);
  CHECK(rows[0].record == ada);
  CHECK_FALSE(rows[0].before);
  CHECK(rows[0].after == first);
  CHECK(*rows[0].body == R"({"a":1})");
  CHECK(rows[0].at == noon);
  CHECK(rows[1].by == somebody_else);
  CHECK(rows[1].key.empty());
  CHECK(rows[1].before == first);
  CHECK(rows[1].after == second);
  CHECK(rows[1].at == noon + std::chrono::minutes(1));
  CHECK(rows[2].method == Method::del);
  CHECK(rows[2].before == second);
  CHECK_FALSE(rows[2].after);
  CHECK(rows[2].body->empty());

  const Tally& tally = c.server.ledger().tally;
  CHECK(tally.requests == 5);
  CHECK(tally.reads == 1);
  CHECK(tally.replays == 1);
  CHECK(tally.refusals == 1);
  CHECK(tally.key_reuses == 0);
}

TEST_CASE("the ledger is asked by key and by record") {
  ServerCase c;
  c.send(put("{}", {if_absent(), key("k1")}, "/v1/a/1"));
  c.send(put("{}", {if_absent(), key("k2")}, "/v1/a/2"));
  c.server.edit({"a", "1"}, {{"x", 1}}, c.now);
  const Ledger& ledger = c.server.ledger();
  CHECK(ledger.of_key("k1").size() == 1);
  CHECK(ledger.of_key("k1").front()->record == RecordId{"a", "1"});
  CHECK(ledger.of_key("k3").empty());
  CHECK(ledger.of_record({"a", "1"}).size() == 2);
  CHECK(ledger.of_record({"a", "3"}).empty());
  CHECK(ledger.doubled_keys().empty());
}

TEST_CASE("a doubled form is seen: the server forgot the key and the client sent no precondition") {
  ServerCase c;
  CHECK(c.send(put("{}", {key("k")})).status == 201);
  REQUIRE(c.server.remove(ada, c.now));
  c.server.forget_keys();
  CHECK(c.send(put("{}", {if_absent(), key("k")})).status == 201);
  CHECK(c.server.ledger().doubled_keys() == std::vector<std::string>{"k"});
}

TEST_CASE("somebody else creates, edits, removes and creates again") {
  ServerCase c;
  const std::string first = c.server.edit(ada, {{"a", 1}}, c.now);
  CHECK(c.send(put("{}", {if_match("\"old\"")})).status == 412);
  const std::string second = c.server.edit(ada, {{"a", 2}}, c.now);
  CHECK(first != second);
  CHECK(c.send(put(R"({"a":3})", {if_match(second)})).status == 204);
  CHECK(c.server.remove(ada, c.now));
  CHECK_FALSE(c.server.remove(ada, c.now));
  CHECK_FALSE(c.server.remove({"a", "never"}, c.now));
  CHECK_FALSE(c.server.edit(ada, {{"a", 4}}, c.now).empty());
  CHECK(c.send(get()).body == R"({"a":4})");
  CHECK_THROWS_AS(c.server.edit(ada, nlohmann::json::array(), c.now), std::invalid_argument);
}

}  // namespace lodge::demo
