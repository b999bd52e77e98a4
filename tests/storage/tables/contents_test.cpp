#include "storage/tables/contents.hpp"

#include "storage/schema/migrate.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "store.lodge";
  Database database{{.path = path}};
  Fixture() { migrate(database); }
};

}  // namespace

TEST_CASE("digests are SHA-256") {
  CHECK(digest_of("").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest_of("abc").hex() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE_METHOD(Fixture, "texts come back byte for byte") {
  for (const auto& bytes : {std::string(), std::string("\0\xff\n", 3), std::string(1 << 20, 'x')}) {
    const auto number = add_content(database, bytes);
    CHECK(read_content(database, number) == bytes);
    CHECK(content_digest(database, number) == digest_of(bytes));
  }
  CHECK(content_digest(database, 0) == Digest{});
}

TEST_CASE_METHOD(Fixture, "D8: a text whose bytes changed on disk is never read as good", "[D8]") {
  const auto number = add_content(database, "{\"a\":1}");
  RawDatabase(path).run(
      "DROP TRIGGER contents_are_sealed; UPDATE contents SET bytes = CAST('{\"a\":2}' AS BLOB)");
  CHECK(code_of([&] { read_content(database, number); }) == "store_damaged");
}

TEST_CASE_METHOD(Fixture, "an erased text keeps its digest and says that it was erased") {
  const auto number = add_content(database, "{\"a\":1}");
  erase_content(database, number);
  CHECK(code_of([&] { read_content(database, number); }) == "not_found");
  CHECK(content_digest(database, number) == digest_of("{\"a\":1}"));
  erase_content(database, number);
}

TEST_CASE_METHOD(Fixture, "a text that is not there is damage") {
  CHECK(code_of([&] { read_content(database, 7); }) == "store_damaged");
  CHECK(code_of([&] { content_digest(database, 7); }) == "store_damaged");
  CHECK(code_of([&] { erase_content(database, 7); }) == "store_damaged");
}

TEST_CASE_METHOD(Fixture, "a text beyond what SQLite may hold is refused, not cut") {
  CHECK(code_of([&] { add_content(database, std::string(17 << 20, 'x')); }) == "invalid_content");
}

TEST_CASE_METHOD(Fixture, "S6: no error repeats what was in a text", "[S6]") {
  const std::string canary = "canary-5512";
  const auto number = add_content(database, canary);
  RawDatabase(path).run(
      "DROP TRIGGER contents_are_sealed; UPDATE contents SET digest = zeroblob(32)");
  const auto error = error_of([&] { read_content(database, number); });
  REQUIRE(error);
  CHECK(std::string(error->what()).find(canary) == std::string::npos);
}
