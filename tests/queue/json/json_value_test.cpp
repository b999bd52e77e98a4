#include "queue/json/json_value.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using lodge::queue::escape_pointer_token;
using lodge::queue::json_equal;
using lodge::queue::json_equal_ignoring;
using nlohmann::json;

TEST_CASE("JSON values are equal by value, whatever their spelling") {
  struct Case {
    const char* left;
    const char* right;
    bool equal;
  };
  const Case cases[] = {
      {"1", "1.0", true},
      {"1", "1e0", true},
      {"-1", "-1.0", true},
      {"0", "-0.0", true},
      {"1", "1.5", false},
      {"1", "-1", false},
      {"18446744073709551615", "-1", false},
      {"18446744073709551615", "18446744073709551615", true},
      {"18446744073709551615", "18446744073709551616.0", false},
      {"-9223372036854775808", "-9223372036854775808.0", true},
      {"9223372036854775807", "9223372036854775808.0", false},
      {"9007199254740993", "9007199254740992.0", false},
      {"9007199254740992", "9007199254740992.0", true},
      {"1", "1e300", false},
      {"-1", "-1e300", false},
      {"1", "true", false},
      {"0", "null", false},
      {"\"1\"", "1", false},
      {"\"\\u00e9\"", "\"\xC3\xA9\"", true},
      {"\"e\\u0301\"", "\"\xC3\xA9\"", false},
      {"[1,2]", "[1.0,2e0]", true},
      {"[1,2]", "[2,1]", false},
      {"[1]", "[1,1]", false},
      {"[]", "{}", false},
      {R"({"a":1,"b":[{"c":2}]})", R"({"b":[{"c":2.0}],"a":1})", true},
      {R"({"a":1})", R"({"a":1,"b":null})", false},
      {R"({"a":1})", R"({"A":1})", false},
  };
  for (const Case& c : cases) {
    INFO(c.left << " and " << c.right);
    CHECK(json_equal(json::parse(c.left), json::parse(c.right)) == c.equal);
    CHECK(json_equal(json::parse(c.right), json::parse(c.left)) == c.equal);
  }
}

TEST_CASE("numbers made in the program compare with parsed ones") {
  CHECK(json_equal(json(1), json(1U)));
  CHECK_FALSE(json_equal(json(-1), json(~0ULL)));
  CHECK(json_equal(json(5LL), json::parse("5")));
}

TEST_CASE("members that the server owns do not count, at the top level only") {
  struct Case {
    const char* left;
    const char* right;
    bool equal;
  };
  const Case cases[] = {
      {R"({"a":1})", R"({"a":1.0,"_rev":"2-x"})", true},
      {R"({"a":1,"_rev":"1-x"})", R"({"a":1,"_rev":"2-x"})", true},
      {R"({"a":1,"_id":"q"})", R"({"a":1,"_rev":"2-x"})", true},
      {R"({"a":1,"m":{"_rev":1}})", R"({"a":1,"m":{"_rev":2}})", false},
      {R"({"a":1})", R"({"a":2,"_rev":"2-x"})", false},
      {R"({"a":1})", R"({"_rev":"2-x"})", false},
      {R"({})", R"({"_rev":"2-x","b":1})", false},
      {R"({"a":1})", R"({"b":1})", false},
      {R"([1])", R"([1])", true},
      {R"({"_rev":1})", R"([])", false},
  };
  for (const Case& c : cases) {
    INFO(c.left << " and " << c.right);
    CHECK(json_equal_ignoring(json::parse(c.left), json::parse(c.right), {"_id", "_rev"}) ==
          c.equal);
    CHECK(json_equal_ignoring(json::parse(c.right), json::parse(c.left), {"_id", "_rev"}) ==
          c.equal);
  }
  CHECK_FALSE(json_equal_ignoring(json::parse(R"({"_rev":1})"), json::parse(R"({})"), {}));
}

TEST_CASE("pointer tokens escape tilde and slash") {
  CHECK(escape_pointer_token("") == "");
  CHECK(escape_pointer_token("a/b") == "a~1b");
  CHECK(escape_pointer_token("m~n") == "m~0n");
  CHECK(escape_pointer_token("~1") == "~01");
  CHECK(escape_pointer_token("a b%") == "a b%");
}
