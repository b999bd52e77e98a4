#include <optional>
#include <string>

#include "queue/http/url.hpp"
#include "support/catch.hpp"

using lodge::queue::resolve_location;
using lodge::queue::same_origin;
using namespace std::string_literals;

TEST_CASE("a Location is resolved as RFC 3986 says") {
  struct Case {
    const char* location;
    const char* url;
  };
  const Case cases[] = {
      {"https://other.example/x", "https://other.example/x"},
      {"HTTP://Other.Example:80", "http://other.example/"},
      {"https://other.example:8443/x?y#z", "https://other.example:8443/x?y"},
      {"//other.example/x", "https://other.example/x"},
      {"//other.example", "https://other.example/"},
      {"/x/y", "https://h/x/y"},
      {"/", "https://h/"},
      {"g", "https://h/b/c/g"},
      {"./g", "https://h/b/c/g"},
      {"g/", "https://h/b/c/g/"},
      {"g?y", "https://h/b/c/g?y"},
      {"?y", "https://h/b/c/d?y"},
      {"?", "https://h/b/c/d?"},
      {"#s", "https://h/b/c/d?q"},
      {"g#s", "https://h/b/c/g"},
      {".", "https://h/b/c/"},
      {"./", "https://h/b/c/"},
      {"..", "https://h/b/"},
      {"../", "https://h/b/"},
      {"../g", "https://h/b/g"},
      {"../..", "https://h/"},
      {"../../g", "https://h/g"},
      {"../../../g", "https://h/g"},
      {"/./g", "https://h/g"},
      {"/../g", "https://h/g"},
      {"g.", "https://h/b/c/g."},
      {".g", "https://h/b/c/.g"},
      {"..g", "https://h/b/c/..g"},
      {"./g/.", "https://h/b/c/g/"},
      {"g/./h", "https://h/b/c/g/h"},
      {"g/../h", "https://h/b/c/h"},
      {"g?y/../x", "https://h/b/c/g?y/../x"},
      {"g%20h", "https://h/b/c/g%20h"},
      {" /x\t", "https://h/x"},
      {"/a//b", "https://h/a//b"},
      {"a/b:c", "https://h/b/c/a/b:c"},
  };
  for (const Case& c : cases) {
    INFO(c.location);
    CHECK(resolve_location("https://h/b/c/d?q", c.location) == std::optional<std::string>(c.url));
  }
  CHECK(resolve_location("https://h", "g") == std::optional<std::string>("https://h/g"));
  CHECK(resolve_location("http://H:8080/a", "b") == std::optional<std::string>("http://h:8080/b"));
}

TEST_CASE("S12: a Location that could mislead is refused", "[S12]") {
  for (const std::string& location : {""s,
                                      "  "s,
                                      "/a\r\nX: y"s,
                                      "/a\rb"s,
                                      "/a\nb"s,
                                      "/a\0b"s,
                                      "/a b"s,
                                      "/a\tb"s,
                                      "/a\x7F"s,
                                      "/caf\xC3\xA9"s,
                                      "\\\\evil.example\\x"s,
                                      "/\\evil.example"s,
                                      "https://user:pw@h/"s,
                                      "//h@evil.example/"s,
                                      "file:///etc/passwd"s,
                                      "ftp://h/"s,
                                      "javascript:alert(1)"s,
                                      "data:text/html,x"s,
                                      "https:g"s,
                                      "https:///x"s,
                                      "https://"s,
                                      "//"s,
                                      "https://h:0/"s,
                                      "https://h:65536/"s,
                                      "https://[::1/"s,
                                      "/%zz"s,
                                      "/<x>"s,
                                      "/{x}"s,
                                      "/" + std::string(8192, 'a')}) {
    INFO(location.substr(0, 60));
    CHECK_FALSE(resolve_location("https://h/b/c/d?q", location));
  }
  for (const std::string& base : {""s, "h"s, "/a"s, "file:///a"s, "https://h/\r\n"s}) {
    CHECK_FALSE(resolve_location(base, "/x"));
  }
}

TEST_CASE("S12: whether a Location stays at home is asked after it is resolved", "[S12]") {
  const std::string base = "https://h/b/c";
  CHECK(same_origin(base, *resolve_location(base, "/x")));
  CHECK(same_origin(base, *resolve_location(base, "https://H:443/x")));
  CHECK_FALSE(same_origin(base, *resolve_location(base, "//evil.example/x")));
  CHECK_FALSE(same_origin(base, *resolve_location(base, "http://h/x")));
}
