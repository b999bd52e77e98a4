#include "queue/http/challenge.hpp"

#include <string>

#include "support/catch.hpp"

namespace {

using lodge::queue::Challenge;
using lodge::queue::parse_challenges;

// `Scheme{name|value}` for each, in order.
std::string read(std::string_view value) {
  std::string text;
  for (const Challenge& challenge : parse_challenges(value)) {
    text += challenge.scheme;
    for (const lodge::Header& parameter : challenge.parameters) {
      text += '{' + parameter.name + '|' + parameter.value + '}';
    }
    text += ';';
  }
  return text;
}

}  // namespace

TEST_CASE("a challenge is a scheme with its parameters, quoted or not") {
  CHECK(read("Bearer") == "Bearer;");
  CHECK(read("Bearer realm=\"forms\"") == "Bearer{realm|forms};");
  CHECK(read("Bearer error=insufficient_scope") == "Bearer{error|insufficient_scope};");
  CHECK(read("  Bearer\t realm = \"a\" ,error\t=b  ") == "Bearer{realm|a}{error|b};");
  CHECK(read("bEARER Realm=\"\"") == "bEARER{Realm|};");
}

TEST_CASE("one field holds several challenges, and empty elements are none") {
  CHECK(read("Basic realm=\"x\", Bearer") == "Basic{realm|x};Bearer;");
  CHECK(read("Bearer realm=\"x\", error=\"e\", Basic realm=\"y\"") ==
        "Bearer{realm|x}{error|e};Basic{realm|y};");
  CHECK(read("Negotiate, Basic") == "Negotiate;Basic;");
  CHECK(read(",, Basic ,, realm=\"x\",") == "Basic{realm|x};");
  CHECK(read("") == "");
  CHECK(read(" , ,") == "");
}

TEST_CASE("what stands in quotes is text: commas, schemes and escaped quotes too") {
  CHECK(read(R"(Basic realm="a, Bearer b", Digest)") == "Basic{realm|a, Bearer b};Digest;");
  CHECK(read(R"(Basic realm="say \"no\", Bearer", x=y)") ==
        R"(Basic{realm|say "no", Bearer}{x|y};)");
  CHECK(read(R"(Bearer scope="a=b c=d", error="e")") == "Bearer{scope|a=b c=d}{error|e};");
  CHECK(read(R"(Basic realm="x\\", Bearer)") == R"(Basic{realm|x\};Bearer;)");
}

TEST_CASE("a token68 is no parameter, and does not hide the next challenge") {
  CHECK(read("Negotiate YWJj==, Bearer error=x") == "Negotiate;Bearer{error|x};");
  CHECK(read("Negotiate YWJj=, Basic") == "Negotiate;Basic;");
  CHECK(read("NTLM TlRMTVNTUAAC") == "NTLM;");
}

TEST_CASE("what is no challenge is passed over without an end or a crash") {
  CHECK(read("realm=\"x\"") == "");
  CHECK(read("Bearer realm=\"never closed, Basic") == "Bearer{realm|never closed, Basic};");
  CHECK(read("Bearer realm=\"x\\") == "Bearer{realm|x\\};");
  CHECK(read("Bearer error=") == "Bearer;");
  CHECK(read("=, \"") == "=;\";");
}
