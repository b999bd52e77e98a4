#include "client/curl/request_check.hpp"

#include <string>

#include "support/catch.hpp"

namespace lodge::client {
namespace {

bool allowed(const std::string& url) { return !refusal(Request{.url = url}); }

bool allowed(const std::string& name, const std::string& value) {
  return !refusal(Request{.url = "https://a.example/", .headers = {{name, value}}});
}

}  // namespace

TEST_CASE("I4: only http and https URLs with a host and without credentials pass", "[I4]") {
  for (const std::string url :
       {"https://forms.example.org/v1/a%2Fb?x=1#f", "http://127.0.0.1:8080", "HTTPS://A.EXAMPLE/",
        "http://[::1]:80/", "https://a.example/mail@home", "https://a.example?who=a@b"}) {
    INFO(url);
    CHECK(allowed(url));
  }
  for (const std::string url :
       {"", "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "a.example/",
        "//a.example/", "https:/a.example/", "https://", "https:///a.example/", "https://:443/",
        "https://user@a.example/", "https://user:pass@a.example/", "http://a.example\\@b.example/",
        "https://a.example/a b", "https://a.example/\r\nX: y", "\thttps://a.example/"}) {
    INFO(url);
    CHECK_FALSE(allowed(url));
  }
  CHECK_FALSE(allowed(std::string("https://a.example/\0", 19)));
}

TEST_CASE("I3: a header that could break out of its line is refused", "[I3]") {
  CHECK(allowed("Idempotency-Key", "\"0190\"; a=b, c\td \xc3\xa9"));
  CHECK(allowed("X-Empty", ""));
  CHECK_FALSE(allowed("X", "a\r\nY: b"));
  CHECK_FALSE(allowed("X", "a\nb"));
  CHECK_FALSE(allowed("X", "a\rb"));
  CHECK_FALSE(allowed("X", std::string("a\0b", 3)));
  CHECK_FALSE(allowed("X", "a\x7f"));
  CHECK_FALSE(allowed("", "a"));
  CHECK_FALSE(allowed("X Y", "a"));
  CHECK_FALSE(allowed("X:", "a"));
  CHECK_FALSE(allowed("X\r\nY", "a"));
}

TEST_CASE("header fields that frame the message are refused", "[transport]") {
  for (const std::string name :
       {"Content-Length", "transfer-encoding", "CONNECTION", "Expect", "Host"}) {
    INFO(name);
    CHECK_FALSE(allowed(name, "1"));
  }
}

TEST_CASE("an origin is scheme, host and port", "[transport]") {
  CHECK(origin("https://a.example:8443/x?y") == "https://a.example:8443");
  CHECK(origin("http://a.example?y") == "http://a.example");
  CHECK(origin("https://a.example") == "https://a.example");
  CHECK(is_https("HTTPS://a.example"));
  CHECK_FALSE(is_https("http://a.example"));
}

}  // namespace lodge::client
