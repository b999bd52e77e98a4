#include <cstring>

#include "storage/history/history_hash.hpp"
#include "storage/history/history_log.hpp"
#include "storage/history/history_verify.hpp"
#include "storage/schema/migrate.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

const SubmissionId form{{1, 2, 3}};

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "store.lodge";
  Database database{{.path = path}};

  Fixture() {
    migrate(database);
    database.run(
        "INSERT INTO records (number, collection, key) VALUES (1, 'c', 'k'), (2, 'd', 'l')");
  }

  ContentNumber text(std::string_view bytes) { return add_content(database, bytes); }

  /// Ten entries, the texts of which change from each to the next.
  void fill() {
    ContentNumber before = 0;
    for (int i = 1; i <= 10; ++i) {
      const auto after = text("{\"n\":" + std::to_string(i) + "}");
      const auto why = std::to_string(i);
      append_entry(database, {.at = Time{Duration{1'000 * i}},
                              .who = "ada",
                              .action = "draft saved",
                              .why = why,
                              .record = 1 + i % 2,
                              .submission = form,
                              .state = i > 5 ? std::optional(State::pending) : std::nullopt,
                              .version = i > 7 ? std::optional(Version{"\"v1\""}) : std::nullopt,
                              .before = before,
                              .after = after});
      before = after;
    }
  }

  /// What somebody does who can write to the file and knows SQLite.
  void meddle(const std::string& sql) {
    RawDatabase raw(path);
    raw.run(
        "DROP TRIGGER history_is_never_edited; DROP TRIGGER history_is_never_deleted; DROP TRIGGER "
        "contents_are_sealed;" +
        sql);
  }

  std::optional<std::int64_t> first_bad() { return verify_chain(database).first_bad; }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "entries are numbered without gaps and chained") {
  fill();
  const auto verdict = verify_chain(database);
  CHECK(verdict.intact);
  CHECK(verdict.entries == 10);
  CHECK_FALSE(verdict.first_bad);
  const auto entries = read_history(database, {.after_number = 9});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].number == 10);
  CHECK(verdict.head == entries[0].hash);
  CHECK(verdict.sentence.find("cannot tell whether the chain was rewritten or cut") !=
        std::string::npos);
}

TEST_CASE_METHOD(Fixture, "no entry can be written that leaves a gap or takes a number twice") {
  fill();
  for (const char* number : {"9", "10", "12"}) {
    RawDatabase raw(path);
    raw.run("PRAGMA foreign_keys = ON");
    CHECK_THROWS(raw.run("INSERT INTO history (number, at, who, action, hash) VALUES (" +
                         std::string(number) + ", 1, 'x', 'x', zeroblob(32))"));
  }
  CHECK(verify_chain(database).entries == 10);
}

TEST_CASE_METHOD(Fixture, "an empty history is intact") {
  const auto verdict = verify_chain(database);
  CHECK(verdict.intact);
  CHECK(verdict.entries == 0);
  CHECK(verdict.head == Digest{});
}

TEST_CASE("the hash covers what its definition says, byte for byte") {
  // Written out by hand: 32 zero bytes, then length and bytes of each field.
  std::string text(32, '\0');
  const auto field = [&](std::string_view bytes) {
    text += std::string(3, '\0') + static_cast<char>(bytes.size());
    text += bytes;
  };
  field(std::string_view("\0\0\0\0\0\0\0\1", 8));
  field(std::string_view("\0\0\0\0\0\0\x03\xe8", 8));
  for (const auto* word : {"ada", "submitted", "", "c", "k"}) field(word);
  field(std::string(16, '\x07'));
  for (const auto* word : {"pending", "\"v1\""}) field(word);
  field("");
  field(std::string(32, '\x09'));
  const std::string id(16, '\x07');
  const std::string digest(32, '\x09');
  CHECK(entry_hash({}, {.number = 1,
                        .at = 1'000,
                        .who = "ada",
                        .action = "submitted",
                        .collection = "c",
                        .key = "k",
                        .submission = id,
                        .state = "pending",
                        .version = "\"v1\"",
                        .after = digest}) == digest_of(text));
}

TEST_CASE("fields that flow into one another have other hashes") {
  CHECK_FALSE(entry_hash({}, {.who = "ab", .action = "c"}) ==
              entry_hash({}, {.who = "a", .action = "bc"}));
  CHECK_FALSE(entry_hash({}, {.who = "a"}) == entry_hash({}, {.action = "a"}));
}

TEST_CASE_METHOD(Fixture, "S8: whatever column of an entry is edited, that entry is named",
                 "[S8]") {
  fill();
  const std::string change =
      GENERATE("at = at + 1", "who = 'eve'", "action = 'withdrawn'", "why = ''",
               "record = 3 - record", "record = NULL", "submission = NULL",
               "submission = zeroblob(16)", "state = 'delivered'", "state = NULL", "version = NULL",
               "before = NULL", "before = after", "after = before", "hash = zeroblob(32)");
  meddle("UPDATE history SET " + change + " WHERE number = 8");
  INFO(change);
  CHECK(first_bad() == 8);
}

TEST_CASE_METHOD(Fixture, "S8: a removed entry is named", "[S8]") {
  fill();
  const auto number = GENERATE(1, 2, 5, 9);
  meddle("DELETE FROM history WHERE number = " + std::to_string(number));
  CHECK(first_bad() == number);
}

TEST_CASE_METHOD(Fixture, "S8: an entry removed with its number given to the next is named",
                 "[S8]") {
  fill();
  meddle(
      "DELETE FROM history WHERE number = 4;"
      "UPDATE history SET number = number + 999 WHERE number > 4;"
      "UPDATE history SET number = number - 1000 WHERE number > 999");
  CHECK(first_bad() == 4);
}

TEST_CASE_METHOD(Fixture, "S8: swapped entries are named", "[S8]") {
  fill();
  meddle(
      "UPDATE history SET number = 100 WHERE number = 3;"
      "UPDATE history SET number = 3 WHERE number = 6;"
      "UPDATE history SET number = 6 WHERE number = 100");
  CHECK(first_bad() == 3);
}

TEST_CASE_METHOD(Fixture, "S8: an inserted entry is named", "[S8]") {
  fill();
  meddle(
      "INSERT INTO history SELECT 11, at, who, action, why, record, submission, state, version,"
      " before, after, hash FROM history WHERE number = 10");
  CHECK(first_bad() == 11);
}

TEST_CASE_METHOD(Fixture, "S8: a text that was changed names the first entry that speaks of it",
                 "[S8]") {
  fill();
  SECTION("the text alone") {
    meddle("UPDATE contents SET bytes = CAST('{\"n\":55}' AS BLOB) WHERE number = 5");
  }
  SECTION("the text with its digest") {
    const auto digest = digest_of("{\"n\":55}");
    meddle("UPDATE contents SET bytes = CAST('{\"n\":55}' AS BLOB), digest = x'" + digest.hex() +
           "' WHERE number = 5");
  }
  SECTION("the text removed") {
    meddle(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER contents_are_kept;"
        "DELETE FROM contents WHERE number = 5");
  }
  CHECK(first_bad() == 5);
}

TEST_CASE_METHOD(Fixture, "S8: a text that only stands before an entry is checked too", "[S8]") {
  fill();
  const auto removed = text("{}");
  append_entry(database, {.who = "ada", .action = "draft discarded", .before = removed});
  meddle("UPDATE contents SET bytes = x'00' WHERE number = " + std::to_string(removed));
  CHECK(first_bad() == 11);
}

TEST_CASE_METHOD(Fixture, "S8: a renamed record is named by its first entry", "[S8]") {
  fill();
  RawDatabase(path).run("UPDATE records SET key = 'other' WHERE number = 1");
  CHECK(first_bad() == 2);
}

TEST_CASE_METHOD(Fixture, "an erased text leaves the chain intact") {
  fill();
  erase_content(database, 5);
  CHECK(verify_chain(database).intact);
}

TEST_CASE_METHOD(Fixture,
                 "S9: a tail that was cut is not seen from inside, and the verdict says so",
                 "[S9]") {
  fill();
  const auto head = verify_chain(database).head;
  meddle("DELETE FROM history WHERE number > 7");
  const auto verdict = verify_chain(database);
  CHECK(verdict.intact);
  CHECK_FALSE(verdict.head == head);  // what a head kept elsewhere would show
  CHECK(verdict.sentence.find("kept elsewhere") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the schema itself forbids to edit history") {
  fill();
  for (const auto* change : {"UPDATE history SET who = 'eve'", "DELETE FROM history",
                             "INSERT INTO history (number, at, who, action, hash) VALUES "
                             "(12, 0, 'eve', 'x', zeroblob(32))",
                             "UPDATE contents SET bytes = 'x'", "DELETE FROM contents"})
    CHECK(code_of([&] { database.run(change); }) == "broken_invariant");
}

TEST_CASE_METHOD(Fixture, "a savepoint that is undone takes its entries out of the chain") {
  fill();
  database.begin_immediate();
  append_entry(database, {.who = "a", .action = "kept"});
  database.savepoint();
  append_entry(database, {.who = "a", .action = "undone"});
  database.rollback_savepoint();
  CHECK(append_entry(database, {.who = "a", .action = "kept too"}) == 12);
  database.commit();
  database.begin_immediate();
  append_entry(database, {.who = "a", .action = "undone"});
  database.rollback();
  CHECK(append_entry(database, {.who = "a", .action = "last"}) == 13);
  CHECK(verify_chain(database).intact);
}

TEST_CASE_METHOD(Fixture, "two connections append to one chain") {
  Database other({.path = path});
  for (int i = 0; i < 6; ++i) {
    auto& writer = i % 2 == 0 ? database : other;
    writer.begin_immediate();
    append_entry(writer, {.who = "a", .action = "x"});
    append_entry(writer, {.who = "a", .action = "y"});
    writer.commit();
  }
  const auto verdict = verify_chain(database);
  CHECK(verdict.intact);
  CHECK(verdict.entries == 12);
}

TEST_CASE_METHOD(Fixture, "an entry about a row that is not there is refused") {
  CHECK(code_of([&] { append_entry(database, {.who = "a", .action = "x", .record = 99}); }) ==
        "broken_invariant");
  CHECK(code_of([&] { append_entry(database, {.who = "a", .action = "x", .after = 99}); }) ==
        "store_damaged");
  CHECK(verify_chain(database).entries == 0);
}

TEST_CASE_METHOD(Fixture, "a long history is verified in pages, in snapshots of their own") {
  fill();
  ChainVerifier verifier;
  int pages = 1;
  while (verifier.check_page(database, 3)) ++pages;
  CHECK(pages == 4);
  CHECK(verifier.verdict().entries == 10);
  CHECK(verifier.verdict().head == verify_chain(database).head);
}
