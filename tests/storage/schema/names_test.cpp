#include "storage/schema/names.hpp"

#include "lodge/digest.hpp"
#include "lodge/id.hpp"
#include "storage/schema/schema.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::storage;

namespace {

/// Every value's name is read back as that value, and is a word of the schema where it stands
/// there.
template <class Value, class Parse>
void check_words(int count, const Parse& parse, bool in_schema = true) {
  std::string schema;
  for (const auto* sql : migrations().front().statements) schema += sql;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<Value>(i);
    const std::string word(name(value));
    INFO(word);
    CHECK(parse(word) == value);
    if (in_schema) CHECK(schema.find("'" + word + "'") != std::string::npos);
  }
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse("Pending"));
  CHECK(name(static_cast<Value>(count)) == "unknown");
}

}  // namespace

TEST_CASE("names and values translate into each other") {
  check_words<State>(state_count, parse_state);
  check_words<Operation>(2, parse_operation);
  check_words<BaseKind>(4, parse_base);
  check_words<Step>(2, parse_step);
  check_words<Precondition>(3, parse_precondition);
  check_words<GateScope>(5, parse_gate_scope);
  check_words<GateReason>(6, parse_gate_reason);
  check_words<ConflictPolicy>(4, parse_policy, false);
  check_words<Presence>(3, parse_presence);
}

TEST_CASE("a UUIDv7 holds its time, its version and its chance") {
  UuidChance chance{};
  chance.fill(0xff);
  const auto bytes = make_uuid_v7(Time{Duration{0x017f22e279b0}}, chance);
  CHECK(uuid_text(bytes) == "017f22e2-79b0-7fff-bfff-ffffffffffff");
  chance.fill(0);
  CHECK(uuid_text(make_uuid_v7(Time{Duration{1}}, chance)) ==
        "00000000-0001-7000-8000-000000000000");
}

TEST_CASE("UUIDs are read in either case and in no other form") {
  const auto text = std::string("0190f3a2-1b2c-7def-8123-456789abcdef");
  const auto id = SubmissionId::parse(text);
  REQUIRE(id);
  CHECK(id->text() == text);
  CHECK(SubmissionId::parse("0190F3A2-1B2C-7DEF-8123-456789ABCDEF") == id);
  for (const std::string wrong :
       {"", "0190f3a2-1b2c-7def-8123-456789abcde", "0190f3a2-1b2c-7def-8123-456789abcdef0",
        "0190f3a2x1b2c-7def-8123-456789abcdef", "0190f3a2-1b2c-7def-8123-456789abcdeg",
        "0190f3a21b2c-7def-8123-456789abcdef-", "{190f3a2-1b2c-7def-8123-456789abcde}"})
    CHECK_FALSE(SubmissionId::parse(wrong));
}

TEST_CASE("a digest is shown as 64 hexadecimal digits") {
  Digest digest;
  digest.bytes[0] = 0x0a;
  digest.bytes[31] = 0xf0;
  CHECK(digest.hex() == "0a" + std::string(60, '0') + "f0");
}
