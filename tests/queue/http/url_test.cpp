#include "queue/http/url.hpp"

#include <string>

#include "lodge/error.hpp"
#include "support/catch.hpp"

using lodge::Errc;
using lodge::Error;
using lodge::queue::Endpoint;
using lodge::queue::parse_endpoint;
using lodge::queue::same_origin;
using namespace std::string_literals;

namespace {

std::string refusal(const std::string& text, bool allow_plain_http = false) {
  try {
    parse_endpoint(text, allow_plain_http);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_endpoint);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a refusal names what was read") {
  try {
    parse_endpoint("ftp://h", false, "Options::probe_url");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.what() == "Options::probe_url is not an https URL; begin it with https://."s);
  }
}

TEST_CASE("an endpoint is read into its parts and a normal form") {
  struct Case {
    const char* text;
    Endpoint endpoint;
    const char* origin;
  };
  const Case cases[] = {
      {"https://forms.example.org/v1",
       {"https", "forms.example.org", 443, "https://forms.example.org/v1"},
       "https://forms.example.org"},
      {"HTTPS://Forms.Example.ORG:443/V1//",
       {"https", "forms.example.org", 443, "https://forms.example.org/V1"},
       "https://forms.example.org"},
      {"https://h:8443", {"https", "h", 8443, "https://h:8443"}, "https://h:8443"},
      {"https://h:/", {"https", "h", 443, "https://h"}, "https://h"},
      {"https://h/a%20b/~c", {"https", "h", 443, "https://h/a%20b/~c"}, "https://h"},
      {"https://[2001:DB8::1]:8443/x",
       {"https", "[2001:db8::1]", 8443, "https://[2001:db8::1]:8443/x"},
       "https://[2001:db8::1]:8443"},
      {"http://localhost:8080/",
       {"http", "localhost", 8080, "http://localhost:8080"},
       "http://localhost:8080"},
      {"http://127.0.0.1:80", {"http", "127.0.0.1", 80, "http://127.0.0.1"}, "http://127.0.0.1"},
      {"http://127.255.3.4",
       {"http", "127.255.3.4", 80, "http://127.255.3.4"},
       "http://127.255.3.4"},
      {"http://[::1]:5000", {"http", "[::1]", 5000, "http://[::1]:5000"}, "http://[::1]:5000"},
      {"https://h/a.b/...", {"https", "h", 443, "https://h/a.b/..."}, "https://h"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Endpoint endpoint = parse_endpoint(c.text);
    CHECK(endpoint == c.endpoint);
    CHECK(endpoint.base == c.endpoint.base);
    CHECK(endpoint.origin() == c.origin);
    CHECK(parse_endpoint(endpoint.base) == endpoint);
  }
}

TEST_CASE("plain http is for loopback or by explicit choice") {
  for (const char* text :
       {"http://forms.example.org", "http://10.0.0.1", "http://127.0.0.1.evil.example",
        "http://127.1", "http://127.0.0.256", "http://0177.0.0.1", "http://localhost.evil.example",
        "http://128.0.0.1", "http://127.0.0.1.", "http://127..0.1", "http://[::2]"}) {
    INFO(text);
    CHECK(refusal(text) != "accepted");
  }
  CHECK(refusal("http://forms.example.org").find("use https") != std::string::npos);
  CHECK(parse_endpoint("http://forms.example.org/a/", true).base == "http://forms.example.org/a");
}

TEST_CASE("I4: what is no clean https URL is refused when configured", "[I4]") {
  struct Case {
    std::string text;
    const char* word;
  };
  const Case cases[] = {
      {"", "empty"},
      {"forms.example.org", "https://"},
      {"file:///etc/passwd", "https://"},
      {"ftp://h/", "https://"},
      {"javascript:alert(1)", "https://"},
      {"//h/v1", "https://"},
      {"/v1", "https://"},
      {"localhost:8080", "https://"},
      {"https:/h", "host"},
      {"https:h", "host"},
      {"https://", "host"},
      {"https:///v1", "host"},
      {"https://:443/", "host"},
      {"https://h:0", "host"},
      {"https://h:65536", "host"},
      {"https://h:99999999999", "host"},
      {"https://h:8a", "host"},
      {"https://h:-1", "host"},
      {"https://h:1:2", "host"},
      {"https://[::1", "host"},
      {"https://[]", "host"},
      {"https://[1]", "host"},
      {"https://[::1]x", "host"},
      {"https://[::g]", "host"},
      {"https://[fe80::1%25eth0]", "host"},
      {"https://::1", "host"},
      {"https://a..b", "host"},
      {"https://.a", "host"},
      {"https://h%41", "host"},
      {"https://user:hunter2@h/", "authorize"},
      {"https://user@h/", "authorize"},
      {"https://good.example@evil.example/", "authorize"},
      {"https://h/v1#top", "fragment"},
      {"https://h/v1#", "fragment"},
      {"https://h/v1?key=1", "template"},
      {"https://h/a/../b", ".."},
      {"https://h/a/.", ".."},
      {"https://h/%2e%2E/b", ".."},
      {"https://h/a b", "space"},
      {" https://h", "space"},
      {"https://h/\r\nX: y", "control"},
      {"https://h/\0x"s, "control"},
      {"https://h/\x7F", "control"},
      {"https://h\\evil.example/", "percent-encode"},
      {"https://h/caf\xC3\xA9", "percent-encode"},
      {"https://h/{id}", "percent-encode"},
      {"https://h/\"", "percent-encode"},
      {"https://h/%zz", "percent-encode"},
      {"https://h/%4", "percent-encode"},
      {"https://h/" + std::string(2048, 'a'), "shorten"},
  };
  for (const Case& c : cases) {
    INFO(c.text.substr(0, 80));
    CHECK(refusal(c.text, true).find(c.word) != std::string::npos);
  }
  CHECK(refusal("https://user:hunter2@h/").find("hunter2") == std::string::npos);
}

TEST_CASE("S12: an origin is scheme, host and port, and nothing else", "[S12]") {
  struct Case {
    const char* left;
    const char* right;
    bool same;
  };
  const Case cases[] = {
      {"https://h/a", "https://h/b?c#d", true},
      {"https://h", "HTTPS://H:443/", true},
      {"http://h:80/", "http://h", true},
      {"https://[::1]:8443/", "https://[::1]:8443/x", true},
      {"https://h/", "http://h/", false},
      {"https://h/", "https://h:8443/", false},
      {"https://h:80/", "http://h:80/", false},
      {"https://h/", "https://h.evil.example/", false},
      {"https://h/", "https://evil.example/h", false},
      {"https://h/", "https://h@evil.example/", false},
      {"https://h/", "https://evil@h/", false},
      {"https://h/", "//h/", false},
      {"https://h/", "/a", false},
      {"https://h/", "", false},
      {"", "", false},
      {"file:///a", "file:///a", false},
      {"https://h/", "https://h/a b", false},
      {"https://h/", "https://h\r\n/", false},
      {"https://h/", "https://h\\@evil.example/", false},
  };
  for (const Case& c : cases) {
    INFO(c.left << " and " << c.right);
    CHECK(same_origin(c.left, c.right) == c.same);
    CHECK(same_origin(c.right, c.left) == c.same);
  }
}
