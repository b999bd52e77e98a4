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

}  // namespace
}  // namespace lodge::storage::test
