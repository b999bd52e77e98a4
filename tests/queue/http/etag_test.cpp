#include "queue/http/etag.hpp"

#include <string>

#include "support/catch.hpp"

using lodge::Header;
using lodge::queue::ETag;
using lodge::queue::ETagKind;
using lodge::queue::names_coding;
using lodge::queue::parse_etag;
using lodge::queue::read_etag;
using lodge::queue::strong_form;
using namespace std::string_literals;

TEST_CASE("N21: an entity tag is strong, weak or invalid, and its bytes are kept", "[N21]") {
  struct Case {
    std::string value;
    ETagKind kind;
  };
  const Case cases[] = {
      {R"("x")", ETagKind::strong},
      {R"("")", ETagKind::strong},
      {R"("W/x")", ETagKind::strong},
      {R"("a,b;c\d'e!")", ETagKind::strong},
      {"\"caf\xC3\xA9 \""s, ETagKind::invalid},
      {"\"caf\xC3\xA9\xFF\""s, ETagKind::strong},
      {R"("2-7051cbe5c8faecd085a3fa619e6e6337")", ETagKind::strong},
      {R"(W/"x")", ETagKind::weak},
      {R"(W/"")", ETagKind::weak},
      {R"(w/"x")", ETagKind::invalid},
      {R"(W/ "x")", ETagKind::invalid},
      {R"(W/x)", ETagKind::invalid},
      {"x", ETagKind::invalid},
      {"", ETagKind::invalid},
      {"\"", ETagKind::invalid},
      {R"("x)", ETagKind::invalid},
      {R"(x")", ETagKind::invalid},
      {R"("a"b")", ETagKind::invalid},
      {R"("a", "b")", ETagKind::invalid},
      {R"("a b")", ETagKind::invalid},
      {R"('x')", ETagKind::invalid},
      {"*", ETagKind::invalid},
      {"\"a\tb\"", ETagKind::invalid},
      {"\"a\rb\"", ETagKind::invalid},
      {"\"a\nb\"", ETagKind::invalid},
      {"\"a\"\r\nX: y", ETagKind::invalid},
      {"\"a\0b\""s, ETagKind::invalid},
      {"\"a\x7F\"", ETagKind::invalid},
  };
  for (const Case& c : cases) {
    INFO(c.value);
    const ETag tag = parse_etag(c.value);
    CHECK(tag.kind == c.kind);
    CHECK(tag.text == (c.kind == ETagKind::invalid ? "" : c.value));
  }
  CHECK(parse_etag(" \t\"x\" ").text == "\"x\"");
}

TEST_CASE("N21: a tag is at most 1 KiB", "[N21]") {
  CHECK(parse_etag('"' + std::string(1022, 'a') + '"').kind == ETagKind::strong);
  CHECK(parse_etag('"' + std::string(1023, 'a') + '"').kind == ETagKind::invalid);
  CHECK(parse_etag("W/\"" + std::string(1021, 'a') + '"').kind == ETagKind::invalid);
}

TEST_CASE("N21: a reply has one tag or none", "[N21]") {
  CHECK(read_etag({}).kind == ETagKind::missing);
  CHECK(read_etag({{"X-ETag", "\"x\""}}).kind == ETagKind::missing);
  CHECK(read_etag({{"etag", "\"x\""}}) == ETag{ETagKind::strong, "\"x\""});
  CHECK(read_etag({{"ETag", "\"x\""}, {"etag", "\"x\""}}).kind == ETagKind::strong);
  CHECK(read_etag({{"ETag", "\"x\""}, {"etag", "\"y\""}}).kind == ETagKind::invalid);
  CHECK(read_etag({{"ETag", "\"x\""}, {"etag", "W/\"x\""}}).kind == ETagKind::invalid);
  CHECK(read_etag({{"ETag", "x"}, {"ETag", "\"x\""}}).kind == ETagKind::invalid);
}

TEST_CASE("the strong form of a tag is the tag without W/") {
  CHECK(strong_form(parse_etag("W/\"x\"")) == "\"x\"");
  CHECK(strong_form(parse_etag("\"x\"")) == "\"x\"");
  CHECK(strong_form(parse_etag("\"W/\"")) == "\"W/\"");
  CHECK(strong_form(parse_etag("x")).empty());
}

TEST_CASE("a tag that names a coding is reported, not cut") {
  for (const char* value :
       {"\"x-gzip\"", "W/\"x--gzip\"", "\"x;gzip\"", "\"x-br\"", "\"x-zstd\"", "\"x-deflate\""}) {
    CHECK(names_coding(parse_etag(value)));
    CHECK(parse_etag(value).text == value);
  }
  for (const char* value : {"\"x\"", "\"gzip\"", "\"x-gzip-2\"", "W/\"x\"", "x-gzip"}) {
    CHECK_FALSE(names_coding(parse_etag(value)));
  }
}
