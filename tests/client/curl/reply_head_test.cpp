#include "client/curl/reply_head.hpp"

#include <string>

#include "support/catch.hpp"

namespace lodge::client {
namespace {

ReplyHead head_of(std::initializer_list<std::string_view> lines) {
  ReplyHead head;
  for (const std::string_view line : lines) CHECK(head.read(line));
  return head;
}

}  // namespace

TEST_CASE("a field of spaces alone has no value", "[transport]") {
  const auto head = head_of({"HTTP/1.1 200 \r\n", "ETag: \r\n", "Empty:\r\n", "Tab:\t \n", "\r\n"});
  REQUIRE(head.fields().size() == 3);
  for (const Header& field : head.fields()) CHECK(field.value.empty());
  CHECK(head.ended());
}

TEST_CASE("a folded line of spaces alone adds nothing to its field", "[transport]") {
  const auto head = head_of({"HTTP/1.1 200 OK\r\n", "X: one\r\n", " \t\r\n", "\ttwo\r\n", "\r\n"});
  REQUIRE(head.fields().size() == 1);
  CHECK(head.fields().front().value == "one two");
}

TEST_CASE("a value that begins on a folded line begins with its first letter", "[transport]") {
  const auto head = head_of({"HTTP/1.1 200 OK\r\n", "X:\r\n", " one\r\n", "\r\n"});
  CHECK(head.fields().front().value == "one");
}

TEST_CASE("a carriage return that ends no line is a space", "[transport]") {
  const auto head = head_of({"HTTP/1.1 200 OK\r\n", "X: \rone\rtwo\r\r\n", "\r\n"});
  CHECK(head.fields().front().value == "one two");
}

TEST_CASE("what an interim reply said is forgotten, and so are trailers", "[transport]") {
  const auto head =
      head_of({"HTTP/1.1 103 Early Hints\r\n", "ETag: \"early\"\r\n", "\r\n",
               "HTTP/1.1 204 No Content\r\n", "ETag: \"2\"\r\n", "\r\n", "ETag: \"late\"\r\n"});
  CHECK(head.status() == 204);
  REQUIRE(head.fields().size() == 1);
  CHECK(head.fields().front().value == "\"2\"");
}

TEST_CASE("a status line without three digits says nothing", "[transport]") {
  for (const char* line :
       {"", "\r\n", "HTTP/1.1\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1  200\r\n"}) {
    INFO(line);
    CHECK(head_of({line}).status() == 0);
  }
}

TEST_CASE("N20: a head of more than 128 KiB is not read on", "[N20]") {
  ReplyHead head = head_of({"HTTP/1.1 200 OK\r\n"});
  const std::string line = "X: " + std::string(1000, 'x') + "\r\n";
  int taken = 0;
  while (head.read(line)) ++taken;
  CHECK(taken == 130);
  head.clear();
  CHECK(head.read(line));
}

}  // namespace lodge::client
