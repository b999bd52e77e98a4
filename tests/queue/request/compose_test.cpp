#include "queue/request/compose.hpp"

#include <string>
#include <variant>

#include "support/catch.hpp"
#include "support/delivery_cases.hpp"

namespace {

using namespace lodge;
using namespace lodge::test;
using queue::Check;
using queue::Composed;
using queue::Open;
using queue::Repeat;
using queue::Texts;
using storage::Due;
using storage::Precondition;

Composed composed(const Due& due, const Texts& texts = {},
                  ConflictPolicy policy = ConflictPolicy::ask) {
  return queue::compose(due, texts, a_profile(policy), key_of(9));
}

Due a_put_on_version() {
  Due due = an_update();
  due.request.reset();
  return due;
}

// Written on a submission of ours that has been delivered since as "v5".
Due a_follower(Operation operation = Operation::put) {
  Due due = a_due(operation);
  write_after(due);
  show_record(due, "\"v5\"");
  return due;
}

storage::NewRequest opened(const Composed& result) {
  REQUIRE(std::holds_alternative<Open>(result));
  return std::get<Open>(result).request;
}

bool is_match(const Composed& result, const std::string& tag) {
  return opened(result).precondition == Precondition::match && opened(result).tag == tag;
}

bool is_check(const Composed& result) { return std::holds_alternative<Check>(result); }

}  // namespace

TEST_CASE("a check that is due is a check, a stored request goes again") {
  Due due = a_create();
  CHECK(std::holds_alternative<Repeat>(composed(due)));
  due.step = Step::check;
  CHECK(is_check(composed(due)));
}

TEST_CASE("a request made for another endpoint is never repeated there") {
  Due due = a_create();
  due.request->url = "https://old.example.org/availability/ada";
  CHECK(is_check(composed(due)));
}

TEST_CASE("a new record is created only where there is none") {
  Due due = a_due(Operation::put);
  for (const BaseKind base : {BaseKind::absent, BaseKind::unknown}) {
    for (const Presence presence : {Presence::unknown, Presence::absent}) {
      due.submission.base = base;
      due.record.presence = presence;
      const auto result = composed(due);
      CHECK(opened(result).precondition == Precondition::absent);
      CHECK(opened(result).tag.empty());
      CHECK(opened(result).url == record_address);
      CHECK(opened(result).key == key_of(9));
      CHECK_FALSE(opened(result).merged_body);
    }
  }
}

TEST_CASE("an update goes with the version it was written on") {
  CHECK(is_match(composed(a_put_on_version()), "\"v1\""));
}

TEST_CASE("what is not known is read first") {
  Due unknown_version = a_put_on_version();
  unknown_version.record.version.reset();
  CHECK(is_check(composed(unknown_version)));
  Due gone = a_put_on_version();
  gone.record = {.id = gone.record.id, .presence = Presence::absent};
  CHECK(is_check(composed(gone)));
  CHECK(is_check(composed(a_follower(), {.ours = "{}", .base = "{}"})));
  Due present = a_due(Operation::put);
  present.record.presence = Presence::present;
  CHECK(is_check(composed(present)));
}

TEST_CASE("a follower never goes with a new tag under unchanged bytes unless its base is there") {
  const std::string base = R"({"monday":"9","tuesday":"9"})";
  const std::string ours = R"({"monday":"10","tuesday":"9"})";
  Texts texts{.ours = ours, .base = base, .server = R"({"tuesday":"9","monday":"9"})"};
  SECTION("the server has its base: our bytes go with the new version") {
    const auto result = composed(a_follower(), texts);
    CHECK(is_match(result, "\"v5\""));
    CHECK_FALSE(opened(result).merged_body);
  }
  SECTION("the server changed another member: the merged bytes go") {
    texts.server = R"({"monday":"9","tuesday":"11"})";
    const auto result = composed(a_follower(), texts);
    CHECK(is_match(result, "\"v5\""));
    CHECK(opened(result).merged_body == R"({"monday":"10","tuesday":"11"})");
  }
  SECTION("the server changed the same member: read first, the copy may be old") {
    texts.server = R"({"monday":"11","tuesday":"9"})";
    CHECK(is_check(composed(a_follower(), texts)));
  }
  SECTION("the server had our text already: read first, it may have another by now") {
    texts.server = R"({"tuesday":"9","monday":"10"})";
    CHECK(is_check(composed(a_follower(), texts)));
  }
  SECTION("the server had our change and more: read first") {
    texts.server = R"({"monday":"10","tuesday":"11"})";
    CHECK(is_check(composed(a_follower(), texts)));
  }
}

TEST_CASE("an update whose record moved on is compared, not retagged") {
  Due due = a_put_on_version();
  show_record(due, "\"v2\"");
  CHECK(is_check(composed(due, {.ours = "{\"a\":2}", .base = "{\"a\":1}"})));
  const Texts texts{.ours = R"({"a":2})", .base = R"({"a":1})", .server = R"({"a":1,"b":1})"};
  CHECK(opened(composed(due, texts)).merged_body == R"({"a":2,"b":1})");
}

TEST_CASE("a form on nothing known merges with a record that turned out to be there") {
  Due due = a_due(Operation::put);
  show_record(due, "\"v2\"");
  CHECK(opened(composed(due, {.ours = R"({"a":1})", .server = R"({"b":1})"})).merged_body ==
        R"({"a":1,"b":1})");
  CHECK(is_check(composed(due, {.ours = R"({"a":1})", .server = R"({"a":2})"})));
}

TEST_CASE("the policy decides an overlap before anything is sent") {
  const Texts texts{.ours = R"({"a":2,"b":1})", .base = R"({"a":1})", .server = R"({"a":3})"};
  using enum ConflictPolicy;
  CHECK(opened(composed(a_follower(), texts, ours)).merged_body == std::nullopt);
  CHECK(opened(composed(a_follower(), texts, theirs)).merged_body == R"({"a":3,"b":1})");
  CHECK(is_check(composed(a_follower(), texts, manual)));
  const Texts only{.ours = R"({"a":2})", .base = R"({"a":1})", .server = R"({"a":3})"};
  CHECK(is_check(composed(a_follower(), only, theirs)));
}

TEST_CASE("a form after a removal creates the record anew") {
  Due due = a_due(Operation::put);
  write_after(due, false);
  due.record.presence = Presence::absent;
  CHECK(opened(composed(due)).precondition == Precondition::absent);
}

TEST_CASE("a removal goes with the version that its caller named") {
  Due due = a_removal();
  due.request.reset();
  CHECK(is_match(composed(due), "\"v1\""));
  due.record = {.id = due.record.id};
  CHECK(is_match(composed(due), "\"v1\""));
}

TEST_CASE("a removal of what nobody has seen reads first") {
  Due due = a_due(Operation::remove);
  CHECK(is_check(composed(due)));
  show_record(due, "\"v2\"");
  CHECK(is_check(composed(due, {.server = "{}"})));
  write_on(due, "\"v1\"");
  due.record = {.id = due.record.id, .presence = Presence::absent};
  CHECK(is_check(composed(due)));
}

TEST_CASE("a removal of a record that moved on goes by text and policy") {
  using enum ConflictPolicy;
  const Texts same{.base = R"({"a":1})", .server = R"({ "a": 1 })"};
  const Texts other{.base = R"({"a":1})", .server = R"({"a":2})"};
  Due named = a_removal();
  named.request.reset();
  show_record(named, "\"v5\"");
  for (const Due& due : {named, a_follower(Operation::remove)}) {
    CHECK(is_match(composed(due, same), "\"v5\""));
    CHECK(is_check(composed(due, {.base = "{}"})));
    CHECK(is_check(composed(due, other)));
    CHECK(is_match(composed(due, other, ours), "\"v5\""));
    CHECK(is_check(composed(due, other, theirs)));
  }
}
