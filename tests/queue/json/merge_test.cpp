#include "queue/json/merge.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using lodge::ConflictPolicy;
using lodge::queue::merge;
using lodge::queue::MergeResult;
using nlohmann::json;

namespace {

constexpr const char* absent = "absent";

struct Case {
  std::string name;
  std::string base;
  std::string ours;
  std::string theirs;
  std::string merged;
  std::vector<std::string> overlaps{};
};

MergeResult run(const Case& c, ConflictPolicy policy) {
  const json ours = json::parse(c.ours);
  const json theirs = json::parse(c.theirs);
  if (c.base == absent) return merge(nullptr, ours, theirs, policy);
  const json base = json::parse(c.base);
  return merge(&base, ours, theirs, policy);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"nothing changed", R"({"a":1})", R"({"a":1})", R"({"a":1})", R"({"a":1})"},
      {"only ours changed", R"({"a":1})", R"({"a":2})", R"({"a":1})", R"({"a":2})"},
      {"only theirs changed", R"({"a":1})", R"({"a":1})", R"({"a":2})", R"({"a":2})"},
      {"equal changes agree", R"({"a":1})", R"({"a":2})", R"({"a":2})", R"({"a":2})"},
      {"equal numbers agree", R"({"a":1})", R"({"a":2})", R"({"a":2.0})", R"({"a":2})"},
      {"disjoint members", R"({"a":1,"b":1})", R"({"a":2,"b":1})", R"({"a":1,"b":3})",
       R"({"a":2,"b":3})"},
      {"disjoint additions", R"({})", R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})"},
      {"disjoint inside", R"({"m":{"a":1,"b":1}})", R"({"m":{"a":2,"b":1}})",
       R"({"m":{"a":1,"b":3}})", R"({"m":{"a":2,"b":3}})"},
      {"one member, two values", R"({"a":1})", R"({"a":2})", R"({"a":3})", R"({"a":2})", {"/a"}},
      {"overlap inside, rest merged",
       R"({"m":{"a":1,"b":1,"c":1}})",
       R"({"m":{"a":2,"b":2,"c":1}})",
       R"({"m":{"a":3,"b":1,"c":3}})",
       R"({"m":{"a":2,"b":2,"c":3}})",
       {"/m/a"}},
      {"we delete, they keep", R"({"a":1,"b":1})", R"({"b":1})", R"({"a":1,"b":1})", R"({"b":1})"},
      {"they delete, we keep", R"({"a":1,"b":1})", R"({"a":1,"b":1})", R"({"b":1})", R"({"b":1})"},
      {"both delete", R"({"a":1})", R"({})", R"({})", R"({})"},
      {"we delete, they edit", R"({"a":1})", R"({})", R"({"a":2})", R"({})", {"/a"}},
      {"we edit, they delete", R"({"a":1})", R"({"a":2})", R"({})", R"({"a":2})", {"/a"}},
      {"we delete an object they edit inside",
       R"({"m":{"a":1}})",
       R"({})",
       R"({"m":{"a":2}})",
       R"({})",
       {"/m"}},
      {"arrays are one value",
       R"({"l":[1,2]})",
       R"({"l":[1,2,3]})",
       R"({"l":[0,1,2]})",
       R"({"l":[1,2,3]})",
       {"/l"}},
      {"equal arrays agree", R"({"l":[1]})", R"({"l":[1,2]})", R"({"l":[1,2.0]})",
       R"({"l":[1,2]})"},
      {"a changed array against an untouched one", R"({"l":[1],"b":1})", R"({"l":[2],"b":1})",
       R"({"l":[1],"b":2})", R"({"l":[2],"b":2})"},
      {"objects inside arrays do not merge",
       R"({"l":[{"a":1,"b":1}]})",
       R"({"l":[{"a":2,"b":1}]})",
       R"({"l":[{"a":1,"b":2}]})",
       R"({"l":[{"a":2,"b":1}]})",
       {"/l"}},
      {"types change apart", R"({"a":1})", R"({"a":"x"})", R"({"a":null})", R"({"a":"x"})", {"/a"}},
      {"a value becomes two objects",
       R"({"a":1})",
       R"({"a":{"x":1}})",
       R"({"a":{"y":1}})",
       R"({"a":{"x":1}})",
       {"/a"}},
      {"null is not absent", R"({"a":null})", R"({})", R"({"a":1})", R"({})", {"/a"}},
      {"no base, apart", absent, R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})"},
      {"no base, agreeing", absent, R"({"a":1,"b":1})", R"({"a":1})", R"({"a":1,"b":1})"},
      {"no base, differing", absent, R"({"a":1})", R"({"a":2})", R"({"a":1})", {"/a"}},
      {"no base, objects on both sides",
       absent,
       R"({"m":{"a":1,"c":1}})",
       R"({"m":{"b":2,"c":2}})",
       R"({"m":{"a":1,"b":2,"c":1}})",
       {"/m/c"}},
      {"both add an object", R"({})", R"({"m":{"a":1}})", R"({"m":{"b":2}})",
       R"({"m":{"a":1,"b":2}})"},
      {"their document is no object", R"({"a":1})", R"({"a":2})", R"([1])", R"({"a":2})", {""}},
      {"base was no object", R"([1])", R"({"a":2})", R"({"b":2})", R"({"a":2})", {""}},
      {"pointers are escaped",
       R"({"a/b":1,"m~n":1,"":1})",
       R"({"a/b":2,"m~n":2,"":2})",
       R"({"a/b":3,"m~n":3,"":3})",
       R"({"a/b":2,"m~n":2,"":2})",
       {"/", "/a~1b", "/m~0n"}},
  };
  return all;
}

}  // namespace

TEST_CASE("a merge takes every change of one side and reports what both changed") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const MergeResult result = run(c, ConflictPolicy::ask);
    CHECK(result.merged == json::parse(c.merged));
    CHECK(result.overlaps == c.overlaps);
    CHECK(result.settled == c.overlaps.empty());
  }
}

TEST_CASE("overlaps are the same from either side") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const Case turned{c.name, c.base, c.theirs, c.ours, ""};
    CHECK(run(turned, ConflictPolicy::ask).overlaps == c.overlaps);
  }
}

TEST_CASE("the policies ours and theirs settle overlaps and keep the rest of both sides") {
  for (const Case& c : cases()) {
    INFO(c.name);
    const MergeResult ours = run(c, ConflictPolicy::ours);
    CHECK(ours.settled);
    CHECK(ours.merged == json::parse(c.merged));
    CHECK(ours.overlaps == c.overlaps);

    const MergeResult theirs = run(c, ConflictPolicy::theirs);
    const Case turned{c.name, c.base, c.theirs, c.ours, ""};
    CHECK(theirs.settled);
    CHECK(theirs.merged == run(turned, ConflictPolicy::ours).merged);
    CHECK(theirs.overlaps == c.overlaps);
  }
}

TEST_CASE("the policy theirs keeps our other members") {
  const Case c{"", R"({"a":1,"b":1,"c":1})", R"({"a":2,"b":2,"c":1})", R"({"a":3,"b":1})", ""};
  CHECK(run(c, ConflictPolicy::theirs).merged == json::parse(R"({"a":3,"b":2})"));
}

TEST_CASE("the policy theirs lets their deletion win over our edit") {
  const Case c{"", R"({"a":1,"b":1})", R"({"a":2,"b":1})", R"({"b":1})", ""};
  CHECK(run(c, ConflictPolicy::theirs).merged == json::parse(R"({"b":1})"));
}

TEST_CASE("the policy manual merges nothing once both sides changed") {
  const std::vector<Case> manual{
      {"disjoint",
       R"({"a":1,"b":1})",
       R"({"a":2,"b":1})",
       R"({"a":1,"b":3})",
       R"({"a":2,"b":1})",
       {"/a", "/b"}},
      {"inside",
       R"({"m":{"a":1}})",
       R"({"m":{"a":1,"x":1}})",
       R"({"m":{"a":2}})",
       R"({"m":{"a":1,"x":1}})",
       {"/m/a", "/m/x"}},
      {"partly equal",
       R"({"a":1,"b":1})",
       R"({"a":2,"b":2})",
       R"({"a":2,"b":3})",
       R"({"a":2,"b":2})",
       {"/b"}},
      {"no base", absent, R"({"a":1})", R"({"b":1})", R"({"a":1})", {"/a", "/b"}},
      {"no base, equal", absent, R"({"a":1})", R"({"a":1.0})", R"({"a":1})"},
      {"only ours", R"({"a":1})", R"({"a":2})", R"({"a":1})", R"({"a":2})"},
      {"only theirs", R"({"a":1})", R"({"a":1})", R"({"a":2})", R"({"a":2})"},
      {"equal changes", R"({"a":1})", R"({"a":2})", R"({"a":2})", R"({"a":2})"},
      {"no object", R"({"a":1})", R"({"a":2})", "3", R"({"a":2})", {""}},
  };
  for (const Case& c : manual) {
    INFO(c.name);
    const MergeResult result = run(c, ConflictPolicy::manual);
    CHECK(result.merged == json::parse(c.merged));
    CHECK(result.overlaps == c.overlaps);
    CHECK(result.settled == c.overlaps.empty());
  }
}

TEST_CASE("a merge says whether anything is left to send") {
  const Case sent{"", R"({"a":1})", R"({"a":2})", R"({"a":2.0,"b":1})", ""};
  const MergeResult same = run(sent, ConflictPolicy::ask);
  CHECK(same.equals_theirs);
  CHECK_FALSE(same.equals_ours);

  const Case untouched{"", R"({"a":1})", R"({"a":2})", R"({"a":1})", ""};
  const MergeResult ours = run(untouched, ConflictPolicy::ask);
  CHECK(ours.equals_ours);
  CHECK_FALSE(ours.equals_theirs);

  const Case both{"", R"({})", R"({"a":2})", R"({"b":1})", ""};
  const MergeResult merged = run(both, ConflictPolicy::ask);
  CHECK_FALSE(merged.equals_ours);
  CHECK_FALSE(merged.equals_theirs);
}

TEST_CASE("a merge keeps the spelling and bytes of members that nobody touched") {
  const json base = json::parse(R"({"n":1.5,"s":"\u0000\u00e9","a":1,"big":9007199254740993})");
  json ours = base;
  json theirs = base;
  ours["a"] = 2;
  theirs["b"] = 1;
  const json merged = merge(&base, ours, theirs, ConflictPolicy::ask).merged;
  CHECK(merged.dump() ==
        "{\"a\":2,\"b\":1,\"big\":9007199254740993,\"n\":1.5,\"s\":\"\\u0000\xC3\xA9\"}");
}

TEST_CASE("a merge sees changes beyond the digits of a double") {
  const json base = json::parse(R"({"n":9007199254740992})");
  const json ours = json::parse(R"({"n":9007199254740993})");
  const json theirs = json::parse(R"({"n":9007199254740992.0,"b":1})");
  const MergeResult result = merge(&base, ours, theirs, ConflictPolicy::ask);
  CHECK(result.overlaps.empty());
  CHECK(result.merged.dump() == R"({"b":1,"n":9007199254740993})");
}
