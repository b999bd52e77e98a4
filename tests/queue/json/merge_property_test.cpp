#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "queue/json/merge.hpp"
#include "support/catch.hpp"

using lodge::ConflictPolicy;
using lodge::queue::json_equal;
using lodge::queue::merge;
using lodge::queue::MergeResult;
using nlohmann::json;

namespace {

constexpr unsigned seed = 20240611;
constexpr int rounds = 1500;

// Documents of few names and values, so that edits meet often.
class Generator {
 public:
  explicit Generator(unsigned from) : engine_(from) {}

  unsigned below(unsigned end) {
    return std::uniform_int_distribution<unsigned>(0, end - 1)(engine_);
  }

  std::string name() {
    static const char* const names[] = {"a", "b", "c", "d/e", "f~g", ""};
    return names[below(6)];
  }

  json value(int depth) {
    switch (below(depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
        return below(4);
      case 3:
        return below(4) * 1.0;
      case 4:
        return "text" + std::to_string(below(3));
      case 5:
        return json::array({below(3), below(3)});
      default:
        return object(depth - 1);
    }
  }

  json object(int depth) {
    json result = json::object();
    for (unsigned i = below(5); i > 0; --i) result[name()] = value(depth);
    return result;
  }

  // `from` after a few changes, some of them inside.
  json edit(json from, int depth) {
    for (unsigned i = below(4); i > 0; --i) {
      const std::string member = name();
      const bool inside = depth > 0 && from.contains(member) && from[member].is_object();
      if (inside && below(3) != 0) {
        from[member] = edit(from[member], depth - 1);
      } else if (below(3) == 0) {
        from.erase(member);
      } else {
        from[member] = value(depth);
      }
    }
    return from;
  }

 private:
  std::mt19937 engine_;
};

struct Triple {
  json base;
  json ours;
  json theirs;
};

Triple triple(Generator& generator) {
  json base = generator.object(3);
  json ours = generator.edit(base, 3);
  json theirs = generator.edit(base, 3);
  return {std::move(base), std::move(ours), std::move(theirs)};
}

void describe(const Triple& t) {
  UNSCOPED_INFO("seed " << seed << "\nbase " << t.base << "\nours " << t.ours << "\ntheirs "
                        << t.theirs);
}

using Leaves = std::map<std::string, std::string>;

// Every value that is no object, by pointer, in one spelling; empty objects count as values.
void collect(const json& value, const std::string& path, Leaves& out) {
  if (!value.is_object() || value.empty()) {
    const bool whole = value.is_number_float();  // the generator's floats are small integers
    out[path] = whole ? std::to_string(value.get<int>()) : value.dump();
    return;
  }
  for (const auto& [name, member] : value.items()) {
    collect(member, path + '/' + lodge::queue::escape_pointer_token(name), out);
  }
}

Leaves leaves(const json& value) {
  Leaves out;
  collect(value, "", out);
  return out;
}

std::optional<std::string> at(const Leaves& all, const std::string& path) {
  const auto found = all.find(path);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

// Whether `path` is, holds or lies inside one of the overlaps.
bool touches(const MergeResult& result, const std::string& path) {
  return std::ranges::any_of(result.overlaps, [&](const std::string& overlap) {
    return path == overlap || path.starts_with(overlap + '/') || overlap.starts_with(path + '/');
  });
}

// Every leaf that one side set, changed or removed is so in the merged document.
bool keeps_changes(const Triple& t, const json& side, const MergeResult& result) {
  const Leaves before = leaves(t.base);
  const Leaves after = leaves(side);
  const Leaves merged = leaves(result.merged);
  for (const auto& [path, value] : after) {
    if (at(before, path) == value || touches(result, path) || value == "{}") continue;
    if (at(merged, path) != value) return false;
  }
  return std::ranges::all_of(before, [&](const auto& leaf) {
    const bool removed = !at(after, leaf.first).has_value();
    return !removed || touches(result, leaf.first) || at(merged, leaf.first) != leaf.second;
  });
}

}  // namespace

TEST_CASE("merging a change with itself gives that change") {
  Generator generator(seed);
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    const MergeResult result = merge(&t.base, t.ours, t.ours, ConflictPolicy::ask);
    describe(t);
    REQUIRE((result.merged == t.ours && result.overlaps.empty() && result.equals_theirs));
  }
}

TEST_CASE("merging with an untouched side gives the other side") {
  Generator generator(seed + 1);
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::ours, ConflictPolicy::theirs,
                              ConflictPolicy::manual}) {
      const MergeResult theirs = merge(&t.base, t.base, t.theirs, policy);
      const MergeResult ours = merge(&t.base, t.ours, t.base, policy);
      describe(t);
      REQUIRE((json_equal(theirs.merged, t.theirs) && theirs.overlaps.empty() && theirs.settled));
      REQUIRE((json_equal(ours.merged, t.ours) && ours.overlaps.empty() && ours.settled));
    }
  }
}

TEST_CASE("overlaps do not depend on which side is ours") {
  Generator generator(seed + 2);
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::manual}) {
      const MergeResult one = merge(&t.base, t.ours, t.theirs, policy);
      const MergeResult other = merge(&t.base, t.theirs, t.ours, policy);
      describe(t);
      REQUIRE(one.overlaps == other.overlaps);
      if (one.overlaps.empty()) REQUIRE(json_equal(one.merged, other.merged));
    }
  }
}

TEST_CASE("no one-sided change is ever lost") {
  Generator generator(seed + 3);
  int merged = 0;
  int overlapping = 0;
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    for (const auto policy : {ConflictPolicy::ask, ConflictPolicy::ours, ConflictPolicy::theirs}) {
      const MergeResult result = merge(&t.base, t.ours, t.theirs, policy);
      describe(t);
      UNSCOPED_INFO("merged " << result.merged);
      REQUIRE(keeps_changes(t, t.ours, result));
      REQUIRE(keeps_changes(t, t.theirs, result));
      (result.overlaps.empty() ? merged : overlapping) += 1;
    }
  }
  CHECK(merged > rounds / 2);
  CHECK(overlapping > rounds / 4);
}

TEST_CASE("edits of different members are all in the merged document") {
  Generator generator(seed + 4);
  for (int i = 0; i < rounds; ++i) {
    const json base = generator.object(2);
    json ours = base;
    json theirs = base;
    for (const char* name : {"o1", "o2"}) ours[name] = generator.value(2);
    for (const char* name : {"t1", "t2"}) theirs[name] = generator.value(2);
    if (!base.empty()) ours.erase(base.begin().key());
    json expected = theirs;
    for (const char* name : {"o1", "o2"}) expected[name] = ours[name];
    if (!base.empty()) expected.erase(base.begin().key());
    const MergeResult result = merge(&base, ours, theirs, ConflictPolicy::ask);
    describe({base, ours, theirs});
    REQUIRE((result.overlaps.empty() && json_equal(result.merged, expected)));
  }
}

TEST_CASE("without a base nothing is removed and equal documents agree") {
  Generator generator(seed + 5);
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    const MergeResult result = merge(nullptr, t.ours, t.theirs, ConflictPolicy::ask);
    describe(t);
    for (const json* side : {&t.ours, &t.theirs}) {
      for (const auto& [path, value] : leaves(*side)) {
        const bool kept = at(leaves(result.merged), path) == value;
        REQUIRE((kept || touches(result, path) || value == "{}"));
      }
    }
    REQUIRE(merge(nullptr, t.ours, t.ours, ConflictPolicy::ask).merged == t.ours);
  }
}

TEST_CASE("every overlap is a pointer at which the two sides differ") {
  Generator generator(seed + 6);
  const auto find = [](const json& document, const std::string& pointer) -> const json* {
    const json::json_pointer where(pointer);
    return document.contains(where) ? &document.at(where) : nullptr;
  };
  for (int i = 0; i < rounds; ++i) {
    const Triple t = triple(generator);
    describe(t);
    for (const std::string& pointer :
         merge(&t.base, t.ours, t.theirs, ConflictPolicy::ask).overlaps) {
      const json* ours = find(t.ours, pointer);
      const json* theirs = find(t.theirs, pointer);
      const bool differ = (ours == nullptr) != (theirs == nullptr) ||
                          (ours != nullptr && !json_equal(*ours, *theirs));
      REQUIRE(differ);
    }
  }
}
