#include "queue/http/header_check.hpp"

#include <string>

#include "lodge/error.hpp"
#include "support/catch.hpp"

using lodge::Errc;
using lodge::Error;
using lodge::queue::check_header;
using namespace std::string_literals;

namespace {

std::string refusal(const std::string& name, const std::string& value) {
  try {
    check_header(name, value);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_header);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("ordinary headers pass") {
  CHECK(refusal("Authorization", "Bearer abc.def") == "");
  CHECK(refusal("X-Empty", "") == "");
  CHECK(refusal("x-tab", "a\tb") == "");
  CHECK(refusal("x-bytes", "caf\xC3\xA9 \xFF") == "");
  CHECK(refusal("!#$%&'*+-.^_`|~09azAZ", "v") == "");
}

TEST_CASE("I3: CR, LF, NUL and other controls in a header are refused at the call", "[I3]") {
  for (const std::string& value :
       {"a\rb"s, "a\nb"s, "a\r\nHost: evil"s, "a\0b"s, "\n"s, "a\x1B[31m"s, "a\x7F"s, "a\x01"s}) {
    CHECK(refusal("X-Name", value).find("X-Name") != std::string::npos);
  }
  for (const std::string& name :
       {""s, "a b"s, "a:"s, "a\r\nb"s, "a\0b"s, "caf\xC3\xA9"s, "(a)"s, "a,b"s, "\"a\""s, " a"s,
        "a "s, "a\tb"s, "a/b"s, "a=b"s, "a@b"s, "a{"s}) {
    CHECK(refusal(name, "v").find("header name") != std::string::npos);
  }
}

TEST_CASE("a header is at most 8 KiB") {
  CHECK(refusal("X", std::string(8191, 'a')) == "");
  CHECK(refusal("X", std::string(8192, 'a')).find("8 KiB") != std::string::npos);
  CHECK(refusal(std::string(8193, 'X'), "").find("8 KiB") != std::string::npos);
}

TEST_CASE("headers that decide what a request means belong to lodge") {
  for (const char* name : {"Host",
                           "content-length",
                           "Transfer-Encoding",
                           "IF-MATCH",
                           "If-None-Match",
                           "Connection",
                           "Expect",
                           "TE",
                           "Upgrade",
                           "Trailer",
                           "Keep-Alive",
                           "Proxy-Connection",
                           "If-Modified-Since",
                           "If-Unmodified-Since",
                           "If-Range",
                           "Idempotency-Key",
                           "Content-Type",
                           "Content-Encoding",
                           "Content-Range",
                           "Accept-Encoding",
                           "Range"}) {
    INFO(name);
    CHECK(refusal(name, "v").find("set by lodge") != std::string::npos);
  }
  CHECK(refusal("Hosts", "v") == "");
  CHECK(refusal("X-Host", "v") == "");
}

TEST_CASE("a refusal never repeats the header's value") {
  CHECK(refusal("Authorization", "Bearer secret\n").find("secret") == std::string::npos);
  CHECK(refusal("If-Match", "secret").find("secret") == std::string::npos);
}
