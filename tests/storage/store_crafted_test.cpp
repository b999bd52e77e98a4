// A store that somebody prepared.

#include "storage/sqlite/database.hpp"
#include "storage/store_fixture.hpp"

namespace lodge::storage::test {
namespace {

constexpr const char* text = R"({"monday":"9"})";

TEST_CASE("S5: cells without end in a crafted store are damage, or refused, and end nothing",
          "[S5]") {
  Kiosk kiosk;
  const auto submission = kiosk.submit("ada", text);
  SECTION("a text of 15 MiB") {
    tamper(kiosk.path(),
           "DROP TRIGGER contents_are_sealed; UPDATE contents SET bytes = zeroblob(15728640)");
  }
  SECTION("a text made of a number, a null's worth of bytes, or another type's") {
    tamper(kiosk.path(), "DROP TRIGGER contents_are_sealed; UPDATE contents SET bytes = x''");
  }
  CHECK(errc_of([&] { kiosk.text_of(submission.id); }) == Errc::store_damaged);
  CHECK(errc_of([&] { kiosk.reopen(); }) == Errc::store_damaged);  // the trigger is gone
}

TEST_CASE("S5: a crafted store runs nothing of its own and loads nothing", "[S5]") {
  Kiosk kiosk;
  Database database({.path = kiosk.path()});
  CHECK(errc_of([&] { database.run("SELECT load_extension('x')"); }).has_value());
  CHECK(errc_of([&] { database.run("ATTACH 'other' AS other"); }).has_value());
  CHECK(errc_of([&] { database.run("SELECT zeroblob(33554432)"); }).has_value());
  // A view that calls what reads files is of no use: such functions are not there.
  CHECK(errc_of([&] { database.run("SELECT readfile('/etc/passwd')"); }).has_value());
}

TEST_CASE("S5: submissions that name each other in a circle end in an error, not in a search",
          "[S5]") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", text);
  Draft draft = kiosk.form("ada");
  draft.base = BaseKind::after;
  draft.after = first.id;
  SECTION("one written after itself, and taken back") {
    kiosk.store().withdraw(first.id, false, false, kiosk.act());
    tamper(kiosk.path(),
           "DROP TRIGGER submissions_are_sealed;"
           "UPDATE submissions SET base = 'after', base_version = NULL, after = id");
  }
  SECTION("one replaced by itself") {
    tamper(
        kiosk.path(),
        "UPDATE submissions SET state = 'replaced', replaced_by = id, ready = 0, settled_at = 1");
  }
  CHECK(errc_of([&] { kiosk.save(draft, text); }) == Errc::store_damaged);
}

TEST_CASE("S5: numbers beyond all that lodge writes are damage, not arithmetic", "[S5]") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", text);
  SECTION("a count of a stream") {
    tamper(kiosk.path(), "UPDATE streams SET rejected = 9223372036854775807");
    CHECK(errc_of([&] { (void)kiosk.store().tally(); }) == Errc::store_damaged);
  }
  SECTION("a record's next place") {
    tamper(kiosk.path(), "UPDATE records SET next_place = 9223372036854775807");
  }
  SECTION("the number of the last history entry") {
    tamper(kiosk.path(),
           "DROP TRIGGER history_is_never_edited;"
           "UPDATE history SET number = 9223372036854775807 WHERE number = 1");
  }
  SECTION("how often a form was tried") {
    tamper(kiosk.path(), "UPDATE submissions SET tries = 4294967297");
    CHECK(errc_of([&] { (void)kiosk.store().submission(first.id); }) == Errc::store_damaged);
    CHECK_FALSE(errc_of([&] { kiosk.submit("eve", text); }));  // others go on
    return;
  }
  CHECK(errc_of([&] { kiosk.submit("ada", text); }) == Errc::store_damaged);
}

TEST_CASE(
    "S5: a row that does not say what its text was written on is damage, not the caller's fault",
    "[S5]") {
  Kiosk kiosk;
  const auto first = kiosk.submit("ada", text);
  Draft draft = kiosk.form("eve");
  kiosk.save(draft, text);
  const auto* value = GENERATE("base = 'after'", "base = 'version'", "base_version = 'x'");
  const std::string set = std::string(" SET ") + value;
  tamper(kiosk.path(), ("DROP TRIGGER submissions_are_sealed; PRAGMA ignore_check_constraints = 1;"
                        "UPDATE drafts" +
                        set + "; UPDATE submissions" + set)
                           .c_str());
  CHECK(errc_of([&] { (void)kiosk.store().submission(first.id); }) == Errc::store_damaged);
  CHECK(errc_of([&] { (void)kiosk.store().drafts({}); }) == Errc::store_damaged);
}

TEST_CASE("P6: a row that cannot be read keeps no other form from being delivered", "[P6]") {
  Kiosk kiosk;
  kiosk.submit("ada", text);
  const auto good = kiosk.submit("eve", text);
  tamper(kiosk.path(), "UPDATE submissions SET tries = 4294967297 WHERE number = 1");
  const auto due = kiosk.due();
  REQUIRE(due.size() == 1);
  CHECK(due[0].submission.id == good.id);
  // However many stand before it.
  const auto found = kiosk.store().due(std::vector{kiosk.store().streams()[0].number}, kiosk.now,
                                       std::chrono::hours(1), 1);
  REQUIRE(found.size() == 1);
  CHECK(found[0].submission.id == good.id);
}

TEST_CASE("S5: a store's epoch that is no number is damage", "[S5]") {
  Kiosk kiosk;
  kiosk.begin_epoch();
  const auto* value = GENERATE("'many'", "'-1'", "'9223372036854775807'", "'1x'", "''");
  tamper(kiosk.path(),
         ("UPDATE meta SET value = " + std::string(value) + " WHERE name = 'flush_epoch'").c_str());
  CHECK(errc_of([&] { kiosk.begin_epoch(); }) == Errc::store_damaged);
}

TEST_CASE("S5: verifying goes by the rows that are there, not by their numbers", "[S5]") {
  Kiosk kiosk;
  kiosk.submit("ada", text);
  const auto last = kiosk.submit("eve", text);
  tamper(kiosk.path(),
         "DROP TRIGGER submissions_are_sealed; DROP TRIGGER submissions_stay_final;"
         "UPDATE submissions SET number = 9007199254740991 WHERE number = 2");
  CHECK(kiosk.store().verify_history().intact);  // the number stands in no entry
  tamper(kiosk.path(), "UPDATE submissions SET state = 'rejected', ready = 0 WHERE number > 2");
  const Verdict verdict = kiosk.store().verify_history();
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.sentence.find(last.id.text()) != std::string::npos);
}

}  // namespace
}  // namespace lodge::storage::test
