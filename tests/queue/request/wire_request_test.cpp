#include <map>
#include <string>

#include "queue/request/compose.hpp"
#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;

std::map<std::string, std::string> fields(const Request& request) {
  std::map<std::string, std::string> result;
  for (const Header& field : request.headers) result[field.name] = field.value;
  REQUIRE(result.size() == request.headers.size());
  return result;
}

}  // namespace

TEST_CASE("a create goes out as PUT if there is none, with its key in quotes") {
  const storage::Due due = a_create();
  const Request request = queue::wire_request(due, *due.request, "{}", a_profile());
  CHECK(request.method == Method::put);
  CHECK(request.url == record_address);
  CHECK(request.body == "{}");
  const auto headers = fields(request);
  CHECK(headers.size() == 3);
  CHECK(headers.at("If-None-Match") == "*");
  CHECK(headers.at("Content-Type") == "application/json");
  CHECK(headers.at("Idempotency-Key") == "\"00000000-0000-0000-0000-000000000001\"");
}

TEST_CASE("a removal goes out as DELETE with the tag as it came") {
  const storage::Due due = a_removal("W/\"v 1\"");
  const Request request = queue::wire_request(due, *due.request, "", a_profile());
  CHECK(request.method == Method::del);
  CHECK(request.body.empty());
  CHECK(fields(request).at("If-Match") == "W/\"v 1\"");
  CHECK_FALSE(fields(request).contains("Content-Type"));
}

TEST_CASE("effective time and reason go only under the names that the profile gives") {
  storage::Due due = a_create();
  due.submission.effective_at = noon + 1234ms;
  due.submission.reason = "entered late: \xC3\xA9\r\n";
  queue::Profile profile = a_profile();
  CHECK(queue::wire_request(due, *due.request, "{}", profile).headers.size() == 3);
  profile.effective_at_header = "Effective-At";
  profile.reason_header = "Reason";
  const auto headers = fields(queue::wire_request(due, *due.request, "{}", profile));
  CHECK(headers.at("Effective-At") == "2026-11-21T12:00:01.234Z");
  CHECK(headers.at("Reason") == "entered%20late%3A%20%C3%A9%0D%0A");
  due.submission.effective_at = Time(-1ms);
  CHECK(fields(queue::wire_request(due, *due.request, "{}", profile)).at("Effective-At") ==
        "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a repeat is the same request, byte for byte") {
  storage::Due due = an_update();
  const Request first = queue::wire_request(due, *due.request, "{}", a_profile());
  due.submission.tries = 5;
  due.in_doubt = true;
  due.rounds = 3;
  const Request again = queue::wire_request(due, *due.request, "{}", a_profile());
  CHECK(first.url == again.url);
  CHECK(first.body == again.body);
  CHECK(fields(first) == fields(again));
}

TEST_CASE("patience doubles with the tries and ends at two minutes") {
  storage::Due due = a_create();
  const auto patience = [&](int tries) {
    due.submission.tries = tries;
    return queue::wire_request(due, *due.request, "", a_profile()).patience;
  };
  CHECK(patience(0) == 15s);
  CHECK(patience(1) == 30s);
  CHECK(patience(3) == 120s);
  CHECK(patience(4) == 120s);
  CHECK(patience(2'000'000'000) == 120s);
  CHECK(patience(-1) == 15s);
}

TEST_CASE("a check reads the document itself, unencoded and uncached") {
  queue::Profile profile = a_profile();
  profile.body_limit = 1000;
  storage::Due due = a_create();
  due.request->url = "https://old.example.org/availability/ada";
  const Request request = queue::check_request(due, profile);
  CHECK(request.method == Method::get);
  CHECK(request.url == record_address);
  CHECK(fields(request).at("Accept-Encoding") == "identity");
  CHECK(fields(request).at("Cache-Control") == "no-cache");
  CHECK(request.reply_limit == 1000 + 65536);
}

TEST_CASE("a check asks for JSON by name, as CouchDB wants") {
  queue::Profile profile = a_profile();
  CHECK(fields(queue::check_request(a_create(), profile)).at("Accept") == "application/json");
  profile.content_type = "application/vnd.api+json; charset=utf-8";
  CHECK(fields(queue::check_request(a_create(), profile)).at("Accept") ==
        "application/vnd.api+json, application/json;q=0.9");
}
