#include "client/autosave/packed_draft.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "lodge/error.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace {

using lodge::Draft;
using lodge::client::pack;
using lodge::client::unpack;
using nlohmann::json;

json packed_and_back(const json& content) {
  Draft draft;
  draft.content = content;
  return unpack(pack(draft, 64)).content;
}

// Type by type: 1, 1U and 1.0 compare equal, and are not the same value.
bool is_same(const json& left, const json& right) {
  if (left.type() != right.type() || left.size() != right.size()) return false;
  if (!left.is_structured()) return left.is_discarded() || left == right;
  auto other = right.begin();
  for (auto one = left.begin(); one != left.end(); ++one, ++other) {
    if (left.is_object() && one.key() != other.key()) return false;
    if (!is_same(*one, *other)) return false;
  }
  return true;
}

json nested(std::size_t levels) {
  return json::parse(std::string(levels, '[') + std::string(levels, ']'));
}

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  json value(int depth) {
    switch (random_() % (depth > 0 ? 8 : 6)) {
      case 0:
        return nullptr;
      case 1:
        return random_() % 2 == 0;
      case 2:
        return -static_cast<std::int64_t>(random_() >> 1U);
      case 3:
        return random_();
      case 4:
        return std::ldexp(static_cast<double>(random_()), static_cast<int>(random_() % 200) - 100);
      case 5:
        return text();
      case 6:
        return array(depth);
      default:
        return object(depth);
    }
  }

  json object(int depth) {
    json made = json::object();
    for (auto left = random_() % 6; left > 0; --left) made[text()] = value(depth - 1);
    return made;
  }

 private:
  json array(int depth) {
    json made = json::array();
    for (auto left = random_() % 6; left > 0; --left) made.push_back(value(depth - 1));
    return made;
  }

  std::string text() {
    std::string made(random_() % 40, '\0');
    for (char& byte : made) byte = static_cast<char>(random_());
    return made;
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("a packed draft keeps every member beside its content") {
  Draft draft;
  draft.id = {{1}};
  draft.record = {"availability", "ada"};
  draft.identity = "ada";
  draft.lane = "deferred";
  draft.revision = 7;
  draft.base = lodge::BaseKind::version;
  draft.base_version = lodge::Version{"\"3\""};
  draft.after = lodge::SubmissionId{{2}};
  draft.amends = lodge::SubmissionId{{3}};
  draft.stale = true;
  draft.saved_at = lodge::Time{std::chrono::seconds(9)};
  draft.base_content = 11;
  draft.session = 13;
  const Draft back = unpack(pack(draft, 64));
  CHECK(back.id == draft.id);
  CHECK(back.record == draft.record);
  CHECK(back.identity == draft.identity);
  CHECK(back.lane == draft.lane);
  CHECK(back.revision == draft.revision);
  CHECK(back.base == draft.base);
  CHECK(back.base_version->tag == draft.base_version->tag);
  CHECK(back.after == draft.after);
  CHECK(back.amends == draft.amends);
  CHECK(back.stale == draft.stale);
  CHECK(back.saved_at == draft.saved_at);
  CHECK(back.base_content == draft.base_content);
  CHECK(back.session == draft.session);
}

TEST_CASE("packing changes no value, also where two are equal but not the same") {
  const auto largest = std::numeric_limits<std::uint64_t>::max();
  const auto least = std::numeric_limits<std::int64_t>::min();
  for (const json& content :
       {json{{"a", 1}, {"b", 1U}, {"c", 1.0}}, json{{"a", largest}, {"b", least}, {"c", -0.0}},
        json{{"", json::array()}, {"x", json::object()}, {"y", nullptr}, {"z", {true, false}}},
        json{{"not UTF-8", "\xff\xfe"}, {std::string("N\0L", 3), std::string("\0", 1)}},
        json{{"b", json::binary({1, 2, 255})}, {"c", json::binary({}, 7)}}, json(json::value_t::null),
        json(json::value_t::discarded), json(3), json("text"), json::array({1, "two"})}) {
    INFO(content.type_name());
    CHECK(is_same(packed_and_back(content), content));
  }
  CHECK(std::signbit(packed_and_back(-0.0).get<double>()));
  CHECK(std::isnan(packed_and_back(std::nan("")).get<double>()));
  CHECK(packed_and_back(json::binary({1}, 9)).get_binary().subtype() == 9);
}

TEST_CASE("packing any document changes nothing of it") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  Maker maker(seed);
  const int rounds = lodge::test::is_large() ? 200'000 : 2'000;
  for (int i = 0; i < rounds; ++i) {
    const json content = maker.object(5);
    REQUIRE(is_same(packed_and_back(content), content));
  }
}

TEST_CASE("what is nested deeper than the limit is refused, however deep") {
  Draft draft;
  draft.content = nested(64);
  CHECK(is_same(unpack(pack(draft, 64)).content, draft.content));
  for (const std::size_t levels : {65, 200'000}) {
    draft.content = nested(levels);
    try {
      pack(draft, 64);
      FAIL("it was packed");
    } catch (const lodge::Error& error) {
      CHECK(error.code() == lodge::Errc::invalid_content);
    }
  }
}
