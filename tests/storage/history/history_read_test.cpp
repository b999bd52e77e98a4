#include "storage/history/history_log.hpp"
#include "storage/history/history_patch.hpp"
#include "storage/schema/migrate.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;
using nlohmann::json;

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "store.lodge";
  Database database{{.path = path}};

  Fixture() {
    migrate(database);
    database.run(
        "INSERT INTO records (number, collection, key) VALUES (1, 'c', 'k'), (2, 'c', 'l')");
  }

  ContentNumber text(std::string_view bytes) { return add_content(database, bytes); }

  std::vector<std::int64_t> numbers(HistoryQuery query) {
    std::vector<std::int64_t> numbers;
    for (const auto& entry : read_history(database, query)) numbers.push_back(entry.number);
    return numbers;
  }
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE_METHOD(Fixture, "an entry is read as it was made") {
  const SubmissionId form{{9, 8, 7}};
  const auto before = text("{\"a\":1}");
  const auto after = text("{\"a\":2}");
  append_entry(database, {.at = Time{Duration{1'700'000'000'123}},
                          .who = "ada",
                          .action = "submitted",
                          .why = "late",
                          .record = 1,
                          .submission = form,
                          .state = State::conflicted,
                          .version = Version{"W/\"x\""},
                          .before = before,
                          .after = after});
  const auto entries = read_history(database, {});
  REQUIRE(entries.size() == 1);
  const auto& entry = entries[0];
  CHECK(entry.number == 1);
  CHECK(entry.at == Time{Duration{1'700'000'000'123}});
  CHECK(entry.who == "ada");
  CHECK(entry.action == "submitted");
  CHECK(entry.why == "late");
  CHECK(entry.record == RecordId{"c", "k"});
  CHECK(entry.submission == form);
  CHECK(entry.state == State::conflicted);
  CHECK(entry.version == Version{"W/\"x\""});
  CHECK(entry.before == digest_of("{\"a\":1}"));
  CHECK(entry.after == digest_of("{\"a\":2}"));
  CHECK(entry.patch == json::parse(R"([{"op":"replace","path":"/a","value":2}])"));
}

TEST_CASE_METHOD(Fixture, "an entry about the whole store has no record") {
  append_entry(database, {.who = "operator", .action = "endpoint adopted"});
  const auto entries = read_history(database, {});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].record == RecordId{});
  CHECK_FALSE(entries[0].submission);
  CHECK_FALSE(entries[0].state);
  CHECK_FALSE(entries[0].version);
  CHECK(entries[0].patch.is_null());
  CHECK(entries[0].before == Digest{});
}

TEST_CASE_METHOD(Fixture, "queries combine by and, oldest first, in pages") {
  const SubmissionId one{{1}};
  const SubmissionId two{{2}};
  append_entry(database, {.who = "a", .action = "x", .record = 1, .submission = one});
  append_entry(database, {.who = "a", .action = "x", .record = 2, .submission = two});
  append_entry(database, {.who = "a", .action = "x", .record = 1, .submission = two});
  append_entry(database, {.who = "a", .action = "x"});
  CHECK(numbers({}) == Numbers{1, 2, 3, 4});
  CHECK(numbers({.record = RecordId{"c", "k"}}) == Numbers{1, 3});
  CHECK(numbers({.submission = two}) == Numbers{2, 3});
  CHECK(numbers({.record = RecordId{"c", "k"}, .submission = two}) == Numbers{3});
  CHECK(numbers({.record = RecordId{"c", "none"}}).empty());
  CHECK(numbers({.after_number = 2}) == Numbers{3, 4});
  CHECK(numbers({.after_number = 1, .limit = 2}) == Numbers{2, 3});
  CHECK(numbers({.record = RecordId{"c", "k"}, .after_number = 1, .limit = 5}) == Numbers{3});
}

TEST_CASE_METHOD(Fixture, "a page holds at most a thousand entries, and at least one") {
  database.begin_immediate();
  for (int i = 0; i < 1'010; ++i) append_entry(database, {.who = "a", .action = "x"});
  database.commit();
  CHECK(numbers({.limit = 5'000}).size() == 1'000);
  CHECK(numbers({.limit = -1}).size() == 1);
}

TEST_CASE_METHOD(Fixture, "patches are worked out only when asked for") {
  append_entry(database, {.who = "a", .action = "x", .after = text("{}")});
  CHECK(read_history(database, {.with_patches = false})[0].patch.is_null());
  CHECK_FALSE(read_history(database, {})[0].patch.is_null());
}

TEST_CASE_METHOD(Fixture, "a patch leads from the text before to the text after") {
  const auto one = text(R"({"a":1,"b":[1,2]})");
  const auto two = text(R"({"a":2,"b":[1]})");
  const auto patch = patch_between(database, one, two);
  CHECK(json::parse(R"({"a":1,"b":[1,2]})").patch(patch) == json::parse(R"({"a":2,"b":[1]})"));
  // A first text and a removal are changes of the whole document.
  CHECK(json().patch(patch_between(database, 0, one)) == json::parse(R"({"a":1,"b":[1,2]})"));
  CHECK(patch_between(database, one, 0) == json::parse(R"([{"op":"remove","path":""}])"));
}

TEST_CASE_METHOD(Fixture, "no patch where nothing changed or a text cannot be had") {
  const auto one = text(R"({"a":1})");
  const auto same = text(R"({ "a": 1 })");
  const auto broken = text(R"({"a":)");
  const auto deep = text(std::string(100, '[') + std::string(100, ']'));
  const auto erased = text(R"({"a":2})");
  erase_content(database, erased);
  const auto damaged = text(R"({"a":3})");
  RawDatabase(path).run(
      "DROP TRIGGER contents_are_sealed;"
      "UPDATE contents SET bytes = CAST('{\"a\":4}' AS BLOB)"
      " WHERE number = " +
      std::to_string(damaged));
  CHECK(patch_between(database, 0, 0).is_null());
  for (const auto other : {one, same, broken, deep, erased, damaged}) {
    INFO(other);
    CHECK(patch_between(database, one, other).is_null());
    CHECK(patch_between(database, other, one).is_null());
  }
}
