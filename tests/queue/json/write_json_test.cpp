#include "queue/json/write_json.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "support/catch.hpp"

using lodge::queue::write_json;
using nlohmann::json;

namespace {

constexpr unsigned seed = 20261130;

/// Documents of all that JSON has, with texts at the edges of UTF-8 and of what is escaped.
class Generator {
 public:
  explicit Generator(unsigned from) : engine_(from) {}

  json value(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return bits();
      case 3:
        return static_cast<std::int64_t>(bits());
      case 4:
        return number();
      case 5:
      case 6:
        return text();
      case 7:
        return array(depth - 1);
      default:
        return object(depth - 1);
    }
  }

 private:
  unsigned below(unsigned end) {
    return std::uniform_int_distribution<unsigned>(0, end - 1)(engine_);
  }

  std::uint64_t bits() { return engine_() >> below(64); }

  double number() { return std::ldexp(static_cast<double>(bits()), -static_cast<int>(below(80))); }

  std::string text() {
    static const std::string parts[] = {"",
                                        "a",
                                        "Ada Lovelace",
                                        "\"",
                                        "\\",
                                        "/",
                                        "\x7F",
                                        "\n",
                                        "\x1F",
                                        " ",
                                        "~",
                                        std::string("\0", 1),
                                        "\xC2\x80",
                                        "\xC3\xA9",
                                        "\xDF\xBF",
                                        "\xE0\xA0\x80",
                                        "\xE2\x80\xA8",
                                        "\xED\x9F\xBF",
                                        "\xEF\xBF\xBF",
                                        "\xF0\x90\x80\x80",
                                        "\xF4\x8F\xBF\xBF"};
    std::string result;
    for (unsigned i = below(6); i > 0; --i) result += parts[below(std::size(parts))];
    return result;
  }

  json array(int depth) {
    json result = json::array();
    for (unsigned i = below(5); i > 0; --i) result.push_back(value(depth));
    return result;
  }

  json object(int depth) {
    json result = json::object();
    for (unsigned i = below(5); i > 0; --i) result[text()] = value(depth);
    return result;
  }

  std::mt19937_64 engine_;
};

}  // namespace

TEST_CASE("JSON is written as nlohmann writes it, byte for byte") {
  INFO("seed " << seed);
  Generator generator(seed);
  for (int round = 0; round < 5'000; ++round) {
    const json value = generator.value(4);
    REQUIRE(write_json(value) == value.dump());
  }
}

TEST_CASE("numbers at their limits are written as nlohmann writes them") {
  for (const json& value :
       {json(0), json(-0.0), json(std::numeric_limits<std::int64_t>::min()),
        json(std::numeric_limits<std::int64_t>::max()),
        json(std::numeric_limits<std::uint64_t>::max()), json(1.0), json(1e300), json(5e-324)})
    CHECK(write_json(value) == value.dump());
}

TEST_CASE("what is not UTF-8 is refused, in a name and in a value, after plain text, too") {
  for (const char* bad : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xFF",
                          "\xF4\x90\x80\x80", "Ada \xE9", "\xF8\x88\x80\x80\x80"}) {
    INFO(json::binary({static_cast<std::uint8_t>(bad[0])}).dump());
    CHECK_THROWS_AS(write_json(json{{"name", bad}}), json::type_error);
    CHECK_THROWS_AS(write_json(json{{bad, 1}}), json::type_error);
  }
}
