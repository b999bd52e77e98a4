#include "queue/http/utf8.hpp"

#include <string>

#include "support/catch.hpp"

using lodge::queue::clean_text;
using lodge::queue::valid_utf8;
using namespace std::string_literals;

TEST_CASE("UTF-8 is what RFC 3629 says and no more") {
  for (const std::string& text :
       {""s, "plain"s, "\0"s, "\xC2\x80"s, "\xC3\xA9"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s,
        "\xEE\x80\x80"s, "\xEF\xBF\xBF"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s}) {
    CHECK(valid_utf8(text));
    CHECK(valid_utf8("a" + text + "b"));
  }
  for (const std::string& text :
       {"\x80"s, "\xBF"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC2"s, "\xC2\x20"s, "\xE0\x9F\xBF"s,
        "\xE0\xA0"s, "\xED\xA0\x80"s, "\xED\xBF\xBF"s, "\xF0\x8F\xBF\xBF"s, "\xF0\x90\x80"s,
        "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "\xFE"s, "\xFF"s}) {
    CHECK_FALSE(valid_utf8(text));
    CHECK_FALSE(valid_utf8("a" + text));
    CHECK_FALSE(valid_utf8(text + "b"));
  }
}

TEST_CASE("cleaned text is one line of valid UTF-8 within its bound") {
  struct Case {
    std::string text;
    std::size_t max;
    std::string clean;
  };
  const Case cases[] = {
      {"", 10, ""},
      {"plain", 10, "plain"},
      {"  a \t\r\n b\0 c  "s, 20, "a b c"},
      {"\x1B[31mred\x7F", 20, "[31mred"},
      {"a\xC2\x85\xC2\x9B"
       "b",
       20, "a b"},
      {"caf\xC3\xA9", 5, "caf\xC3\xA9"},
      {"caf\xC3\xA9", 4, "caf"},
      {"ab cd", 3, "ab"},
      {"a\xFF"
       "b",
       10,
       "a\xEF\xBF\xBD"
       "b"},
      {"\xFF\xFE", 5, "\xEF\xBF\xBD"},
      {"\xE2\x82", 10, "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"x", 0, ""},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(clean_text(c.text, c.max) == c.clean);
  }
}
