#include "queue/json/document.hpp"

#include <cmath>
#include <string>

#include "support/catch.hpp"

using lodge::queue::Document;
using lodge::queue::DocumentFault;
using lodge::queue::Limits;
using lodge::queue::parse_document;
using lodge::queue::ParsedDocument;
using lodge::queue::Refusal;
using nlohmann::json;
using namespace std::string_literals;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string nested_objects(std::size_t depth) {
  std::string text;
  for (std::size_t i = 1; i < depth; ++i) text += R"({"a":)";
  text += "{}";
  return text + std::string(depth - 1, '}');
}

bool faithful(const std::string& text) {
  const ParsedDocument parsed = parse_document(text);
  INFO(text);
  REQUIRE(std::holds_alternative<Document>(parsed));
  return std::get<Document>(parsed).faithful;
}

DocumentFault fault(const std::string& text, const Limits& limits = {}) {
  const ParsedDocument parsed = parse_document(text, limits);
  INFO(text.substr(0, 100));
  REQUIRE(std::holds_alternative<Refusal>(parsed));
  CHECK(std::get<Refusal>(parsed).sentence.ends_with('.'));
  return std::get<Refusal>(parsed).fault;
}

}  // namespace

TEST_CASE("what is read is the document that was written") {
  for (const char* text :
       {"{}", "[]", "null", "true", "0", "\"x\"", R"({"a":[1,{"b":null},[[]]],"c":{"d":{}}})",
        R"({"a":-5,"b":1.5,"c":18446744073709551615,"d":"\u0000\u00e9\ud83d\ude00"})",
        " \t\r\n{\"a\" : 1 } \n"}) {
    INFO(text);
    const ParsedDocument parsed = parse_document(text);
    REQUIRE(std::holds_alternative<Document>(parsed));
    CHECK(std::get<Document>(parsed).value == json::parse(text));
    CHECK(std::get<Document>(parsed).faithful);
  }
}

TEST_CASE("a member that appears twice makes a document unfaithful at any level") {
  CHECK_FALSE(faithful(R"({"a":1,"a":1})"));
  CHECK_FALSE(faithful(R"({"a":1,"\u0061":2})"));
  CHECK_FALSE(faithful(R"({"m":[{"a":1,"b":2,"a":3}]})"));
  CHECK_FALSE(faithful(R"({"a":{"x":1},"b":1,"a":{"y":1}})"));
  CHECK(faithful(R"({"a":1,"m":{"a":1},"l":[{"a":1},{"a":1}],"A":1})"));
  const auto parsed = parse_document(R"({"a":{"x":1},"a":[2]})");
  CHECK(std::get<Document>(parsed).value == json::parse(R"({"a":[2]})"));
}

TEST_CASE("I1: a number that would be written as another one makes a document unfaithful", "[I1]") {
  for (const char* number : {"0",
                             "-0",
                             "-0.0",
                             "0.0",
                             "0e999999999999",
                             "0.1",
                             "0.10",
                             "1.0",
                             "1e2",
                             "1E+2",
                             "100e-2",
                             "1.5e300",
                             "5e-324",
                             "1.7976931348623157e308",
                             "9007199254740993",
                             "18446744073709551615",
                             "-9223372036854775808",
                             "123456.789",
                             "1e22",
                             "1.8446744073709552e19",
                             "3.6893488147419103e+19",
                             "0.00001",
                             "2.2250738585072014e-308"}) {
    CHECK(faithful(number));
  }
  for (const char* number :
       {"18446744073709551616", "-9223372036854775809", "100000000000000000000",
        "0.1000000000000000055", "9007199254740993.0", "1e-400", "-1e-400", "3.141592653589793238",
        "1.00000000000000000001", "123456789012345678901234567890e0", "1.8446744073709551616e19"}) {
    CHECK_FALSE(faithful(number));
    CHECK_FALSE(faithful("{\"m\":[" + std::string(number) + "]}"));
  }
}

TEST_CASE("I1: whatever number is sealed here is read as faithful, also a power of two", "[I1]") {
  for (int power = -1074; power < 1024; ++power) {
    for (const double value : {std::ldexp(1.0, power), std::nextafter(std::ldexp(1.0, power), 0)}) {
      const std::string sealed = lodge::queue::seal_content({{"n", value}});
      INFO(sealed);
      CHECK(faithful(sealed));
    }
  }
}

TEST_CASE("I1: what is no document for us is refused by kind", "[I1]") {
  struct Case {
    std::string text;
    DocumentFault fault;
  };
  const Case cases[] = {
      {"", DocumentFault::not_json},
      {"   ", DocumentFault::not_json},
      {"{", DocumentFault::not_json},
      {R"({"a":1)", DocumentFault::not_json},
      {R"({"a":1}})", DocumentFault::not_json},
      {R"({"a":1} x)", DocumentFault::not_json},
      {R"({"a":1,})", DocumentFault::not_json},
      {R"({a:1})", DocumentFault::not_json},
      {R"({'a':1})", DocumentFault::not_json},
      {"[1,2", DocumentFault::not_json},
      {"NaN", DocumentFault::not_json},
      {"Infinity", DocumentFault::not_json},
      {"01", DocumentFault::not_json},
      {"+1", DocumentFault::not_json},
      {".5", DocumentFault::not_json},
      {"1.", DocumentFault::not_json},
      {"// c\n1", DocumentFault::not_json},
      {"<!DOCTYPE html>", DocumentFault::not_json},
      {"{}\0"s, DocumentFault::not_json},
      {"{}\0{\"a\":1}"s, DocumentFault::not_json},
      {"\"a\0b\""s, DocumentFault::not_json},
      {"\"a\nb\"", DocumentFault::not_json},
      {R"("\x")", DocumentFault::not_json},
      {R"("\u12")", DocumentFault::not_json},
      {"\"\xC3\"", DocumentFault::invalid_utf8},
      {"\"\xED\xA0\x80\"", DocumentFault::invalid_utf8},
      {"\"\xC0\x80\"", DocumentFault::invalid_utf8},
      {"\"\xF4\x90\x80\x80\"", DocumentFault::invalid_utf8},
      {"{\"\xFF\":1}", DocumentFault::invalid_utf8},
      {R"("\ud800")", DocumentFault::lone_surrogate},
      {R"("\udc00")", DocumentFault::lone_surrogate},
      {R"("\ud800\u0041")", DocumentFault::lone_surrogate},
      {R"("\ud800\ud800")", DocumentFault::lone_surrogate},
      {R"("\\\uDBFF\n")", DocumentFault::lone_surrogate},
      {R"({"\udfff":1})", DocumentFault::lone_surrogate},
      {R"("\ud83d\ude00\ud83d")", DocumentFault::lone_surrogate},
      {"1e999", DocumentFault::number_range},
      {R"({"a":[-1e999]})", DocumentFault::number_range},
      {nested(65), DocumentFault::too_deep},
      {nested_objects(65), DocumentFault::too_deep},
      {"[" + nested(64) + "]", DocumentFault::too_deep},
  };
  for (const Case& c : cases) CHECK(fault(c.text) == c.fault);
  CHECK(fault(R"("\\ud800\x")") == DocumentFault::not_json);
}

TEST_CASE("I1: the limits themselves are allowed, one more is not", "[I1]") {
  CHECK(faithful(nested(64)));
  CHECK(faithful(nested_objects(64)));
  CHECK(faithful("[" + nested(63) + "," + nested(63) + "]"));
  const Limits limits{.max_bytes = 10, .max_depth = 2};
  CHECK(std::holds_alternative<Document>(parse_document("[\"123456\"]", limits)));
  CHECK(fault("[\"1234567\"]", limits) == DocumentFault::too_large);
  CHECK(std::holds_alternative<Document>(parse_document("[[1]]", limits)));
  CHECK(fault("[[[]]]", limits) == DocumentFault::too_deep);
  CHECK(fault(std::string((10U << 20U) + 1, ' ')) == DocumentFault::too_large);
}

TEST_CASE("I1 I7: hostile nesting costs no stack", "[I1][I7]") {
  CHECK(fault(std::string(100'000, '[')) == DocumentFault::too_deep);
  CHECK(fault(nested(100'000)) == DocumentFault::too_deep);
  CHECK(fault(nested_objects(100'000)) == DocumentFault::too_deep);
  // Even when the limit is raised.
  const Limits deep{.max_bytes = std::size_t{10} << 20, .max_depth = 1'000'000};
  CHECK(std::holds_alternative<Document>(parse_document(nested(100'000), deep)));
}

TEST_CASE("only noise is surely not the server's document") {
  CHECK_FALSE(may_be_document(DocumentFault::not_json));
  CHECK_FALSE(may_be_document(DocumentFault::invalid_utf8));
  CHECK(may_be_document(DocumentFault::lone_surrogate));
  CHECK(may_be_document(DocumentFault::number_range));
  CHECK(may_be_document(DocumentFault::too_deep));
  CHECK(may_be_document(DocumentFault::too_large));
}

TEST_CASE("a refusal does not repeat what it refuses") {
  const auto parsed = parse_document(R"({"password":"hunter2" oops})");
  const std::string sentence = std::get<Refusal>(parsed).sentence;
  CHECK(sentence.find("hunter2") == std::string::npos);
  CHECK(sentence.find("oops") == std::string::npos);
}
