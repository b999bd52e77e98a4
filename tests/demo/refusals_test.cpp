#include "server_case.hpp"

namespace lodge::demo {

TEST_CASE("a document is a JSON object in UTF-8") {
  struct Row {
    std::string body{};
    int status = 0;
  };
  const auto row = GENERATE(values<Row>({{"{}", 201},
                                         {" \r\n\t{\"a\":[1,null]}\n", 201},
                                         {"", 400},
                                         {"  ", 400},
                                         {"[]", 400},
                                         {"\"text\"", 400},
                                         {"null", 400},
                                         {"{\"a\":}", 400},
                                         {"{} {}", 400},
                                         {"{\"a\":\"\xff\"}", 400},
                                         {"\xef\xbb\xbf{}", 400},
                                         {"<html></html>", 400}}));
  CAPTURE(row.body);
  ServerCase c;
  const Reply reply = c.send(put(row.body, {if_absent()}));
  CHECK(reply.status == row.status);
  if (reply.status >= 400) problem_of(reply);
}

TEST_CASE("other media types and codings are refused") {
  struct Row {
    std::string type{};
    int status = 0;
  };
  const auto row = GENERATE(values<Row>({{"application/json", 201},
                                         {"Application/JSON; charset=utf-8", 201},
                                         {"application/fhir+json", 201},
                                         {"text/json", 415},
                                         {"application/jsonx", 415},
                                         {"application/+json", 415},
                                         {"application/x-www-form-urlencoded", 415},
                                         {"", 415}}));
  CAPTURE(row.type);
  ServerCase c;
  const Request request{.method = Method::put,
                        .url = std::string(ada_url),
                        .headers = {if_absent(), {"Content-Type", row.type}},
                        .body = "{}"};
  CHECK(c.send(request).status == row.status);

  const Reply packed = c.send(put("{}", {if_absent(), {"Content-Encoding", "gzip"}}));
  CHECK(packed.status == 415);
  CHECK(field(packed, "Accept-Encoding") == "identity");
}

TEST_CASE("a body beyond the limit is refused, one at the limit is taken") {
  ServerCase c{FormsServer({.body_limit = 10})};
  CHECK(c.send(put(R"({"a":"bcd"})", {if_absent()})).status == 413);
  CHECK(c.send(put(R"({"a":"bc"})", {if_absent()})).status == 201);
}

TEST_CASE("a DELETE carries no content") {
  ServerCase c;
  Request request = del({if_match(c.create())});
  request.body = "{}";
  CHECK(c.send(request).status == 400);
}

TEST_CASE("URLs name records exactly") {
  struct Row {
    std::string url{};
    int status = 0;
    RecordId record{};
  };
  const auto row = GENERATE(values<Row>(
      {{"http://h/v1/a/b", 201, {"a", "b"}},
       {"https://h:8443/v1/a/b", 201, {"a", "b"}},
       {"/v1/a/b", 201, {"a", "b"}},
       {"/v1/a/B", 201, {"a", "B"}},
       {"/v1/a/b+c", 201, {"a", "b+c"}},
       {"/v1/a/b%2Bc", 201, {"a", "b+c"}},
       {"/v1/a/b%2fc%252F", 201, {"a", "b/c%2F"}},
       {"/v1/%C3%A9t%C3%A9/%f0%9f%8c%8d", 201, {"\xc3\xa9t\xc3\xa9", "\xf0\x9f\x8c\x8d"}},
       {"/v1/a/%20", 201, {"a", " "}},
       {"/v1/a/...", 201, {"a", "..."}},
       {"/v1/a/b%2", 400, {}},
       {"/v1/a/b%", 400, {}},
       {"/v1/a/b%g0", 400, {}},
       {"/v1/a/b c", 400, {}},
       {"/v1/a/\xc3\xa9", 400, {}},
       {"/v1/a/%00", 400, {}},
       {"/v1/a/%0a", 400, {}},
       {"/v1/a/%7F", 400, {}},
       {"/v1/a/%ff", 400, {}},
       {"/v1/a/%c0%af", 400, {}},
       {"/v1/a/%ed%a0%80", 400, {}},
       {"/v1/a/%e0%80%80", 400, {}},
       {"/v1/a/%f4%90%80%80", 400, {}},
       {"/v1/a/%c3", 400, {}},
       {"/v1/a/..", 400, {}},
       {"/v1/%2e/b", 400, {}},
       {"/v1/a", 404, {}},
       {"/v1/a/", 404, {}},
       {"/v1//b", 404, {}},
       {"/v1/a/b/c", 404, {}},
       {"/v1/a/b?x=1", 404, {}},
       {"/v2/a/b", 404, {}},
       {"/v1x/a/b", 404, {}},
       {"/", 404, {}},
       {"http://h", 404, {}},
       {"", 404, {}}}));
  CAPTURE(row.url);
  ServerCase c;
  const Reply reply = c.send(put("{}", {if_absent()}, row.url));
  CHECK(reply.status == row.status);
  if (row.status == 201) {
    CHECK(c.server.find(row.record) != nullptr);
  } else {
    problem_of(reply);
    CHECK(c.effects() == 0);
  }
}

TEST_CASE("two spellings of a name are one record") {
  ServerCase c;
  CHECK(c.send(put("{}", {if_absent()}, "/v1/a/%41")).status == 201);
  CHECK(c.send(get("/v1/a/A")).status == 200);
}

TEST_CASE("only configured collections exist") {
  ServerCase c{FormsServer({.collections = {"a", "b"}})};
  CHECK(c.send(put("{}", {if_absent()}, "/v1/b/x")).status == 201);
  const Reply refused = c.send(put("{}", {if_absent()}, "/v1/c/x"));
  CHECK(refused.status == 404);
  CHECK(problem_of(refused).at("type") == "https://forms.example/problems/unknown-collection");
  CHECK_THROWS_AS(c.server.edit({"c", "x"}, nlohmann::json::object(), c.now),
                  std::invalid_argument);
}

TEST_CASE("the root can be read and nothing else") {
  ServerCase c;
  c.create();
  const Reply overview = c.send(get("/v1"));
  CHECK(overview.status == 200);
  CHECK(nlohmann::json::parse(overview.body) == nlohmann::json{{"records", 1}, {"effects", 1}});
  const Reply refused = c.send(put("{}", {}, "/v1/"));
  CHECK(refused.status == 405);
  CHECK(field(refused, "Allow").find("GET") == 0);
}

TEST_CASE("without a known token nothing is told") {
  ServerCase c{FormsServer({.tokens = {{"secret", "ada"}}})};
  const auto value =
      GENERATE("", "Bearer other", "Bearer ", "Basic secret", "secret", "Bearersecret");
  CAPTURE(value);
  for (const auto url : {ada_url, std::string_view("/nowhere"), std::string_view("/v1")}) {
    const Reply refused = c.send(get(url, {{"Authorization", value}}));
    CHECK(refused.status == 401);
    CHECK(field(refused, "WWW-Authenticate").starts_with("Bearer"));
    problem_of(refused);
  }
  CHECK(c.send(get(ada_url)).status == 401);
  CHECK(c.send(get(ada_url, {{"authorization", "bearer secret"}})).status == 404);
}

}  // namespace lodge::demo
