#include <set>

#include "server_case.hpp"

namespace lodge::demo {

TEST_CASE("a record is created, read, replaced and removed") {
  ServerCase c;
  const Reply created = c.send(put(R"({ "monday": 1 })", {if_absent(), key("k1")}));
  CHECK(created.status == 201);
  CHECK(created.body.empty());
  CHECK(created.departures == 1);
  CHECK(created.loopback);
  CHECK(field(created, "Idempotency-Key") == "\"k1\"");
  const std::string first = field(created, "ETag");
  CHECK(first.starts_with('"'));

  const Reply read = c.send(get());
  CHECK(read.status == 200);
  CHECK(read.body == R"({ "monday": 1 })");
  CHECK(field(read, "ETag") == first);
  CHECK(field(read, "Content-Type") == "application/json");

  const Reply replaced = c.send(put(R"({"monday":2})", {if_match(first), key("k2")}));
  CHECK(replaced.status == 204);
  const std::string second = field(replaced, "ETag");
  CHECK(second != first);

  const Reply removed = c.send(del({if_match(second), key("k3")}));
  CHECK(removed.status == 204);
  CHECK(field(removed, "ETag").empty());
  CHECK(field(removed, "Idempotency-Key") == "\"k3\"");
  CHECK(c.effects() == 3);
}

TEST_CASE("a create meets a record that is there: 412 names the current version") {
  ServerCase c;
  const std::string tag = c.create();
  const Reply refused = c.send(put(R"({"monday":"other"})", {if_absent(), key("k2")}));
  CHECK(refused.status == 412);
  const auto document = problem_of(refused);
  CHECK(document.at("current_version") == tag);
  CHECK(document.at("deleted") == false);
  CHECK(field(refused, "Idempotency-Key") == "\"k2\"");
  CHECK(c.effects() == 1);
}

TEST_CASE("If-Match compares strongly") {
  struct Row {
    std::string tags{};
    int status = 0;
  };
  ServerCase c;
  const std::string tag = c.create();
  const auto row = GENERATE_COPY(values<Row>({{tag, 204},
                                              {"\"x\", " + tag + " , W/\"y\"", 204},
                                              {"*", 204},
                                              {"W/" + tag, 412},
                                              {"\"x\"", 412},
                                              {"\"x\", \"y\"", 412},
                                              {"\"\"", 412},
                                              {"\"\xc3\xa9\"", 412},
                                              {"", 400},
                                              {"x", 400},
                                              {tag + ",", 400},
                                              {tag + tag, 400},
                                              {"\"open", 400}}));
  CAPTURE(row.tags);
  CHECK(c.send(put("{}", {if_match(row.tags)})).status == row.status);
  CHECK(c.effects() == (row.status == 204 ? 2 : 1));
}

TEST_CASE("If-Match in several lines is one list") {
  ServerCase c;
  const std::string tag = c.create();
  CHECK(c.send(put("{}", {if_match("\"x\""), if_match(tag)})).status == 204);
}

TEST_CASE("a change to an existing record must name its version") {
  ServerCase c;
  const std::string tag = c.create();
  CHECK(problem_of(c.send(put("{}", {}))).at("current_version") == tag);
  CHECK(c.send(put("{}", {})).status == 428);
  CHECK(c.send(put("{}", {if_none_match("\"other\"")})).status == 428);
  CHECK(c.send(put("{}", {if_none_match("W/" + tag)})).status == 412);
  CHECK(c.send(del({})).status == 428);
  CHECK(c.effects() == 1);
}

TEST_CASE("an unconditional PUT may create what never existed") {
  ServerCase c;
  CHECK(c.send(put("{}", {})).status == 201);
}

TEST_CASE("If-Match on what is not there fails") {
  ServerCase c;
  CHECK(problem_of(c.send(put("{}", {if_match("\"x\"")}))).at("current_version").is_null());
  CHECK(c.send(put("{}", {if_match("*")})).status == 412);
  CHECK(c.send(del({if_match("\"x\"")})).status == 404);
  CHECK(c.effects() == 0);
}

TEST_CASE("a removed record leaves a tombstone") {
  ServerCase c;
  CHECK(c.send(get()).status == 404);
  const std::string tag = c.create();
  REQUIRE(c.send(del({if_match(tag)})).status == 204);
  const Reply gone = c.send(get());
  CHECK(gone.status == 410);
  CHECK(problem_of(gone).at("deleted_at") == "2019-12-20T12:00:00.000Z");
  CHECK(c.send(del({if_match(tag)})).status == 410);
  CHECK(c.send(put("{}", {})).status == 428);
  const Reply stale = c.send(put("{}", {if_match(tag)}));
  CHECK(stale.status == 412);
  CHECK(problem_of(stale).at("deleted") == true);

  const Reply again = c.send(put(R"({"monday":"09:00"})", {if_absent()}));
  CHECK(again.status == 201);
  CHECK(field(again, "ETag") != tag);
  CHECK(c.send(get()).status == 200);
}

TEST_CASE("versions never repeat, whatever the content") {
  ServerCase c;
  std::set<std::string> seen;
  for (int round = 0; round < 50; ++round) {
    std::string tag = c.create("{}");
    CHECK(seen.insert(tag).second);
    const Reply replaced = c.send(put("{}", {if_match(tag)}));
    CHECK(seen.insert(field(replaced, "ETag")).second);
    REQUIRE(c.send(del({if_match(field(replaced, "ETag"))})).status == 204);
  }
}

TEST_CASE("a read can be conditional") {
  ServerCase c;
  const std::string tag = c.create();
  const Reply same = c.send(get(ada_url, {if_none_match("\"x\", W/" + tag)}));
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(field(same, "ETag") == tag);
  CHECK(c.send(get(ada_url, {if_none_match("*")})).status == 304);
  CHECK(c.send(get(ada_url, {if_none_match("\"x\"")})).status == 200);
  CHECK(c.send(get(ada_url, {if_match("\"x\"")})).status == 412);
  CHECK(c.send(get(ada_url, {if_none_match("x")})).status == 400);
}

}  // namespace lodge::demo
