#include "storage/sqlite/writer.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <stdexcept>

#include "storage/sqlite/queue_support.hpp"
#include "support/catch.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

TEST_CASE("two bad units of one commit leave nothing, and their good neighbours all") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  using Unit = std::function<void(Database&)>;
  const auto good = [](const char* why) {
    return Unit([why](Database& database) { add_entry(database, why); });
  };
  const auto bad = [](const char* why) {
    return Unit([why](Database& database) {
      add_entry(database, why);
      throw std::out_of_range(why);
    });
  };
  // The first bad one undoes all; the second fails when the units run apart.
  const std::array<Unit, 4> units = {good("one"), bad("two"), bad("three"), good("four")};
  std::array<UnitOfWork, 4> work{};
  std::array<UnitOfWork*, 4> group{};
  for (std::size_t i = 0; i < units.size(); ++i) {
    work[i].unit = &units[i];
    group[i] = &work[i];
  }
  Writer writer(StoreOptions{.path = path});
  writer.run(group);
  writer.finish();
  CHECK_FALSE(work[0].error);
  CHECK(work[1].error);
  CHECK(work[2].error);
  CHECK_FALSE(work[3].error);
  CHECK(RawDatabase(path).text("SELECT group_concat(why) FROM history") == "one,four");
}

TEST_CASE("D11: on media that are not trusted a log that was left is emptied at opening", "[D11]") {
  for (const bool trusted : {true, false}) {
    TemporaryFolder folder;
    const StoreOptions options{.path = folder / "store.lodge", .power_safe_overwrite = trusted};
    const std::function<void(Database&)> unit = [](Database& database) {
      add_entry(database, "one");
    };
    UnitOfWork work{.unit = &unit};
    std::array<UnitOfWork*, 1> group{&work};
    {
      Writer writer(options);
      writer.run(group);
      writer.finish();
    }
    const auto log_size = [&] { return std::filesystem::file_size(options.path + "-wal"); };
    REQUIRE(log_size() > 0);
    const Writer again(options);
    CHECK((log_size() > 0) == trusted);
    CHECK(RawDatabase(options.path).text("SELECT why FROM history") == "one");
  }
}
