#include "queue/http/problem.hpp"

#include <string>

#include "queue/http/utf8.hpp"
#include "support/catch.hpp"

using lodge::queue::Problem;
using lodge::queue::read_problem;
using lodge::queue::says_key_in_progress;
using lodge::queue::says_key_reused;
using namespace std::string_literals;

namespace {

constexpr const char* problem_json = "application/problem+json";
constexpr const char* plain_json = "application/json";

void check(const Problem& problem, const char* type, const char* title, const char* detail) {
  CHECK(problem.type == type);
  CHECK(problem.title == title);
  CHECK(problem.detail == detail);
}

Problem titled(const char* title, const char* type = "") {
  return {.type = type, .title = title, .detail = ""};
}

}  // namespace

TEST_CASE("problem details are read") {
  check(read_problem(
            problem_json,
            R"({"type":"https://e.example/full","title":"Full","status":507,"detail":"No room."})"),
        "https://e.example/full", "Full", "No room.");
  check(read_problem("application/problem+json; charset=utf-8", R"({"title":"Full"})"), "", "Full",
        "");
}

TEST_CASE("other JSON is read by its usual names") {
  check(read_problem(plain_json, R"({"error":"conflict","reason":"Document update conflict."})"),
        "", "conflict", "Document update conflict.");
  check(read_problem(plain_json,
                     R"({"code":"23505","details":null,"hint":null,"message":"duplicate key"})"),
        "23505", "", "duplicate key");
  check(read_problem(plain_json, R"({"error":{"type":"idempotency_error","message":"Keys"}})"),
        "idempotency_error", "", "Keys");
  check(read_problem(plain_json, R"({"error":"invalid_token","error_description":"expired"})"), "",
        "invalid_token", "expired");
  check(read_problem(plain_json, R"("just text")"), "", "", "just text");
  check(read_problem("", R"({"title":"T"})"), "", "T", "");
}

TEST_CASE("text is read as detail, a page is not") {
  check(read_problem("text/plain", "No room.\r\nTry later."), "", "", "No room. Try later.");
  check(read_problem("", "busy"), "", "", "busy");
  check(read_problem("text/html; charset=utf-8", "log in"), "", "", "");
  check(read_problem("TEXT/HTML", R"({"title":"T"})"), "", "", "");
  check(read_problem("text/plain", "\n\n <!DOCTYPE html><p>log in"), "", "", "");
  check(read_problem(problem_json, ""), "", "", "");
}

TEST_CASE("I7: members of the wrong type, broken and hostile JSON say nothing", "[I7]") {
  for (const std::string& body :
       {"[]"s, "{}"s, "[1,2]"s, "5"s, "null"s, R"({"title":5,"detail":[],"type":{}})"s,
        R"({"title":"x")"s, R"({"title":"\ud800"})"s, R"({"n":1e999,"title":"x"})"s,
        "{\"title\":\"\xFF\"}"s, std::string(100'000, '['),
        R"({"error":{"error":{"error":5}}})"s}) {
    INFO(body.substr(0, 50));
    check(read_problem(problem_json, body), "", "", "");
  }
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += R"({"error":)";
  check(read_problem(problem_json, deep), "", "", "");
  check(read_problem(problem_json, R"({"title":")" + std::string(2U << 20U, 'x') + R"("})"), "", "",
        "");
}

TEST_CASE("I7: texts are bounded, on one line and valid UTF-8", "[I7]") {
  const Problem problem = read_problem(
      problem_json, R"({"title":"a\u0000\u001b[31mb\r\nc","detail":")" + std::string(499, 'x') +
                        "\xC3\xA9"
                        R"(","type":")" +
                        std::string(5000, 't') + R"("})");
  CHECK(problem.title == "a [31mb c");
  CHECK(problem.detail == std::string(499, 'x'));
  CHECK(problem.type.size() == 500);
  const Problem text = read_problem("text/plain", std::string(300, '\xFF') + "\0end"s);
  CHECK(text.detail.size() <= 500);
  CHECK(lodge::queue::valid_utf8(text.detail));
}

TEST_CASE("N6: a reused idempotency key is told by type or title", "[N6]") {
  for (const Problem& problem :
       {titled("Idempotency-Key is already used"),
        titled("Unprocessable", "https://e.example/problems/idempotency-key-reused"),
        titled("Idempotency key reused with a different request"),
        titled("", "urn:problem:IdempotencyKeyReuse"), titled("", "idempotency_error"),
        titled("IDEMPOTENCY KEY MISMATCH")}) {
    CHECK(says_key_reused(problem));
    CHECK_FALSE(says_key_in_progress(problem));
  }
  const Problem bare = read_problem(plain_json, R"({"message":"Idempotency-Key was reused"})");
  CHECK(says_key_reused(bare));
}

TEST_CASE("N5: a key in progress is told by type or title", "[N5]") {
  for (const Problem& problem :
       {titled("A request is outstanding for this Idempotency-Key"),
        titled("Conflict", "https://e.example/problems/idempotency-key-in-progress"),
        titled("", "idempotency_key_in_use"),
        titled("Idempotency key in use by a different request"),
        titled("Idempotency-Key is already in use"),
        titled("Concurrent request with the same Idempotency-Key")}) {
    CHECK(says_key_in_progress(problem));
    CHECK_FALSE(says_key_reused(problem));
  }
}

TEST_CASE("N5 N6: other conflicts are not about keys", "[N5][N6]") {
  for (const Problem& problem :
       {titled(""), titled("Conflict"), titled("Version mismatch"),
        titled("Document update conflict."),
        titled("Idempotency-Key is missing", "https://developer.example.com/idempotency"),
        titled("E-mail already used"), titled("Resource in use")}) {
    CHECK_FALSE(says_key_reused(problem));
    CHECK_FALSE(says_key_in_progress(problem));
  }
  // Where there is a title, the free text of one case does not decide.
  CHECK_FALSE(
      says_key_reused({.type = "", .title = "Conflict", .detail = "Idempotency key reused?"}));
}
