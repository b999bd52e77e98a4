#include <string>

#include "lodge/error.hpp"
#include "queue/http/url.hpp"
#include "support/catch.hpp"

using lodge::Errc;
using lodge::Error;
using lodge::RecordId;
using lodge::queue::check_record_id;
using lodge::queue::check_url_template;
using lodge::queue::default_url_template;
using lodge::queue::Endpoint;
using lodge::queue::parse_endpoint;
using lodge::queue::percent_encode;
using lodge::queue::record_url;
using namespace std::string_literals;

namespace {

std::string id_refusal(const RecordId& id) {
  try {
    check_record_id(id);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_key);
    return error.what();
  }
  return "accepted";
}

bool template_accepted(const std::string& url_template) {
  try {
    check_url_template(url_template);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::invalid_endpoint);
    return false;
  }
  return true;
}

}  // namespace

TEST_CASE("every byte outside unreserved is encoded") {
  CHECK(percent_encode("azAZ09-._~") == "azAZ09-._~");
  CHECK(percent_encode("a/b?c#d%e f+g@h:i&j=k") == "a%2Fb%3Fc%23d%25e%20f%2Bg%40h%3Ai%26j%3Dk");
  CHECK(percent_encode("\xC3\xA9\xFF\x01") == "%C3%A9%FF%01");
  CHECK(percent_encode("!*'(){}[]\"\\") == "%21%2A%27%28%29%7B%7D%5B%5D%22%5C");
  CHECK(percent_encode("\0"s) == "%00");
}

TEST_CASE("a record's URL is the template with base, collection and id") {
  const Endpoint endpoint = parse_endpoint("https://h/v1/");
  const RecordId ada{"availability", "ada@example.org"};
  CHECK(record_url(endpoint, default_url_template, ada) ==
        "https://h/v1/availability/ada%40example.org");
  CHECK(record_url(endpoint, "{base}/{id}.ics", {"c", "x"}) == "https://h/v1/x.ics");
  CHECK(record_url(endpoint, "{base}/{collection}?id=eq.{id}", ada) ==
        "https://h/v1/availability?id=eq.ada%40example.org");
  CHECK(record_url(endpoint, "{base}?c={collection}&i={id}&again={id}", {"c", "x"}) ==
        "https://h/v1?c=c&i=x&again=x");
}

TEST_CASE("I2: an id cannot leave its place in the URL", "[I2]") {
  const Endpoint endpoint = parse_endpoint("https://h/v1");
  const auto url = [&](const char* key) {
    return record_url(endpoint, default_url_template, {"c", key});
  };
  CHECK(url("../../admin") == "https://h/v1/c/..%2F..%2Fadmin");
  CHECK(url("..%2f") == "https://h/v1/c/..%252f");
  CHECK(url("a'; DROP TABLE x; --") == "https://h/v1/c/a%27%3B%20DROP%20TABLE%20x%3B%20--");
  CHECK(url("\xF0\x9F\x98\x80") == "https://h/v1/c/%F0%9F%98%80");
  CHECK(url("?q#f") == "https://h/v1/c/%3Fq%23f");
  CHECK(url("{base}{id}{collection}") == "https://h/v1/c/%7Bbase%7D%7Bid%7D%7Bcollection%7D");
  CHECK(url("...") == "https://h/v1/c/...");
  CHECK(url("e\xCC\x81") != url("\xC3\xA9"));
  CHECK(url("A") != url("a"));
}

TEST_CASE("I2: ids that cannot be part of a URL are refused at the call", "[I2]") {
  struct Case {
    std::string text;
    const char* word;
  };
  const Case cases[] = {
      {"", "empty"},
      {".", "choose another"},
      {"..", "choose another"},
      {"a\nb", "control"},
      {"a\0b"s, "control"},
      {"\x7F", "control"},
      {"a\xC2\x85", "control"},
      {"\xFF", "UTF-8"},
      {"\xED\xA0\x80", "UTF-8"},
      {std::string(201, 'a'), "shorten"},
      {std::string(67, '/'), "shorten"},
      {std::string(256U << 10U, 'a'), "shorten"},
  };
  for (const Case& c : cases) {
    INFO(c.text.substr(0, 60));
    CHECK(id_refusal({"c", c.text}).find("key") != std::string::npos);
    CHECK(id_refusal({"c", c.text}).find(c.word) != std::string::npos);
    CHECK(id_refusal({c.text, "k"}).find("collection") != std::string::npos);
    CHECK(id_refusal({c.text, "k"}).find(c.word) != std::string::npos);
    CHECK_THROWS_AS(record_url(parse_endpoint("https://h"), default_url_template, {"c", c.text}),
                    Error);
  }
  CHECK(id_refusal({"c", std::string(200, 'a')}) == "accepted");
  CHECK(id_refusal({"c", std::string(66, '/')}) == "accepted");
  CHECK(id_refusal({"c", " "}) == "accepted");
}

TEST_CASE("a template is checked when it is configured") {
  for (const char* text : {"{base}/{collection}/{id}", "{base}/{id}", "{base}?id={id}",
                           "{base}/x/{collection}/{id}.json", "{base}/a.{id}/b?c=d",
                           "{base}/{collection}/{id}?q=%20", "{base}/.{id}"}) {
    INFO(text);
    CHECK(template_accepted(text));
  }
  for (const std::string& text : {""s,
                                  "{id}"s,
                                  "{base}"s,
                                  "{base}{id}"s,
                                  "{base}.evil.example/{id}"s,
                                  "{base}@evil.example/{id}"s,
                                  "{base}:8080/{id}"s,
                                  "https://evil.example/{id}"s,
                                  "x{base}/{id}"s,
                                  "{base}/{collection}"s,
                                  "{base}/{base}/{id}"s,
                                  "{base}/{id}#f"s,
                                  "{base}/{id}/{name}"s,
                                  "{base}/{id}}"s,
                                  "{base}/{{id}"s,
                                  "{base}/{id} x"s,
                                  "{base}/{id}\r\nX: y"s,
                                  "{base}/{id}%zz"s,
                                  "{base}/../{id}"s,
                                  "{base}/./{id}"s,
                                  "{base}/{id}/.."s,
                                  "{base}/%2e%2e/{id}"s,
                                  "{base}/caf\xC3\xA9/{id}"s,
                                  "{base}/\0{id}"s}) {
    INFO(text);
    CHECK_FALSE(template_accepted(text));
  }
}
