#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "lodge/error.hpp"
#include "queue/json/document.hpp"
#include "support/catch.hpp"

using lodge::Errc;
using lodge::Error;
using lodge::queue::check_content;
using lodge::queue::Document;
using lodge::queue::Limits;
using lodge::queue::parse_document;
using lodge::queue::seal_content;
using nlohmann::json;

namespace {

std::string refusal(const json& content, const Limits& limits = {}) {
  try {
    check_content(content, limits);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_content);
    return error.what();
  }
  return "accepted";
}

json nested(std::size_t depth, bool arrays) {
  json value = json::object();
  for (std::size_t i = 1; i < depth; ++i) {
    json outer = arrays ? json::array() : json::object();
    if (arrays) {
      outer.push_back(std::move(value));
    } else {
      outer["a"] = std::move(value);
    }
    value = std::move(outer);
  }
  return value;
}

json nested_content(std::size_t depth) {
  json content = json::object();
  content["a"] = nested(depth - 1, true);
  return content;
}

}  // namespace

TEST_CASE("sealing gives the bytes that are kept and sent") {
  json content;
  content["name"] = "Ada \xC3\xA9 \xF0\x9F\x98\x80";
  content["nul"] = std::string("a\0b", 3);
  content["n"] = {1, -2, 1.5, 18446744073709551615U, nullptr, true};
  const std::string bytes = seal_content(content);
  CHECK(bytes == content.dump());
  const auto parsed = parse_document(bytes);
  CHECK(std::get<Document>(parsed).value == content);
  CHECK(std::get<Document>(parsed).faithful);
  CHECK(seal_content(json::object()) == "{}");
}

TEST_CASE("I1: content that could not be sent is refused with what to do", "[I1]") {
  const double infinity = std::numeric_limits<double>::infinity();
  struct Case {
    json content;
    const char* word;
  };
  const Case cases[] = {
      {json(), "named members"},
      {json::array({1}), "named members"},
      {json("text"), "named members"},
      {json(5), "named members"},
      {{{"a", std::nan("")}}, "use null"},
      {{{"a", {1, {{"b", infinity}}}}}, "use null"},
      {{{"a", -infinity}}, "use null"},
      {{{"a", "\xFF"}}, "UTF-8"},
      {{{"a", {1, "\xED\xA0\x80"}}}, "UTF-8"},
      {{{"a", "cut \xC3"}}, "UTF-8"},
      {{{"\xC0\x80", 1}}, "UTF-8"},
      {{{"a", {{"\xFE", 1}}}}, "UTF-8"},
      {{{"a", json::binary({1, 2})}}, "Base64"},
      {{{"a", json(json::value_t::discarded)}}, "remove it"},
      {nested_content(65), "fewer objects"},
      {nested(65, false), "fewer objects"},
  };
  for (const Case& c : cases) CHECK(refusal(c.content).find(c.word) != std::string::npos);
}

TEST_CASE("I1: content at the limits is accepted, one more is not", "[I1]") {
  CHECK(refusal(nested_content(64)) == "accepted");
  CHECK(refusal(nested(64, false)) == "accepted");
  const Limits limits{.max_bytes = 12, .max_depth = 64};
  CHECK(refusal({{"a", "123456"}}, {.max_bytes = 14, .max_depth = 64}) == "accepted");
  CHECK(refusal({{"a", "12345"}}, limits).find("shorten") != std::string::npos);
  CHECK(refusal({{"a", std::string(10U << 20U, 'x')}}).find("10485760") != std::string::npos);
  CHECK(refusal({{"a", std::string((10U << 20U) - 8, 'x')}}) == "accepted");
  // Small in memory, six times as large when written.
  CHECK(refusal({{"a", std::string(2U << 20U, '\x01')}}).find("shorten") != std::string::npos);
}

TEST_CASE("I1: a hundred thousand levels are refused without using the stack", "[I1]") {
  json content = json::object();
  content["a"] = nested(100'000, true);
  CHECK(refusal(content).find("fewer objects") != std::string::npos);
}

TEST_CASE("a refusal of content does not repeat it") {
  CHECK(refusal({{"secret-name", "\xFF secret"}}).find("secret") == std::string::npos);
}

TEST_CASE("what was sealed reads back faithfully, whatever the double") {
  std::uint64_t state = 88172645463325252U;
  for (int i = 0; i < 20'000; ++i) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    double value = 0;
    static_assert(sizeof value == sizeof state);
    std::memcpy(&value, &state, sizeof value);
    if (!std::isfinite(value)) continue;
    const auto parsed = parse_document(seal_content({{"n", value}}));
    REQUIRE(std::get<Document>(parsed).value["n"].get<double>() == value);
  }
}
