#include "storage/sqlite/writer.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <new>
#include <stdexcept>
#include <vector>

#include "storage/history/high_mark.hpp"
#include "storage/sqlite/queue_support.hpp"
#include "support/catch.hpp"
#include "support/fault_vfs.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

namespace {

using Unit = std::function<void(Database&)>;

bool nobody_else() { return false; }

Unit good(const char* why) {
  return [why](Database& database) { add_entry(database, why); };
}

Unit bad(const char* why) {
  return [why](Database& database) {
    add_entry(database, why);
    throw std::out_of_range(why);
  };
}

}  // namespace

TEST_CASE("two bad units of one commit leave nothing, and their good neighbours all") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  // The first bad one undoes all; the second fails when the units run apart.
  const std::array<Unit, 4> units = {good("one"), bad("two"), bad("three"), good("four")};
  std::array<UnitOfWork, 4> work{};
  std::vector<UnitOfWork*> group;
  for (std::size_t i = 0; i < units.size(); ++i) {
    work[i].unit = &units[i];
    group.push_back(&work[i]);
  }
  Writer writer(StoreOptions{.path = path});
  writer.run(group, nobody_else);
  writer.finish();
  CHECK_FALSE(work[0].error);
  CHECK(work[1].error);
  CHECK(work[2].error);
  CHECK_FALSE(work[3].error);
  CHECK(RawDatabase(path).text("SELECT group_concat(why) FROM history") == "one,four");
}

TEST_CASE("units that come while others run share their commit") {
  TemporaryFolder folder;
  FaultVfs vfs;
  const StoreOptions options{.path = folder / "store.lodge", .vfs = vfs.name()};
  Writer writer(options);
  const Unit first = good("first");
  const Unit second = good("second");
  UnitOfWork early{.unit = &first};
  UnitOfWork late{.unit = &second};
  std::vector<UnitOfWork*> group{&early};
  const auto syncs_before = vfs.count(DiskCall::sync);
  writer.run(group, [&] {
    if (group.size() > 1) return false;
    group.push_back(&late);
    return true;
  });
  CHECK(vfs.count(DiskCall::sync) - syncs_before == 1);
  writer.finish();
  CHECK_FALSE(early.error);
  CHECK_FALSE(late.error);
  CHECK(RawDatabase(options.path).text("SELECT group_concat(why) FROM history") == "first,second");
}

TEST_CASE("a bad unit that came while others ran takes none of them with it") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  Writer writer(StoreOptions{.path = path});
  const Unit first = good("first");
  const Unit second = bad("second");
  UnitOfWork early{.unit = &first};
  UnitOfWork late{.unit = &second};
  std::vector<UnitOfWork*> group{&early};
  int asked = 0;
  writer.run(group, [&] {
    if (++asked == 1) group.push_back(&late);
    return asked == 1;
  });
  writer.finish();
  CHECK(asked == 1);  // who runs again runs apart, and nobody joins them
  CHECK_FALSE(early.error);
  CHECK(late.error);
  CHECK(RawDatabase(path).text("SELECT group_concat(why) FROM history") == "first");
}

TEST_CASE("no memory for who else comes: the units fail, nothing is written, the next works") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  Writer writer(StoreOptions{.path = path});
  const Unit unit = good("one");
  UnitOfWork work{.unit = &unit};
  std::vector<UnitOfWork*> group{&work};
  writer.run(group, []() -> bool { throw std::bad_alloc(); });
  writer.finish();
  CHECK(work.error);
  CHECK(RawDatabase(path).text("SELECT count(*) FROM history") == "0");
  work.error = nullptr;
  writer.run(group, nobody_else);
  writer.finish();
  CHECK_FALSE(work.error);
  CHECK(RawDatabase(path).text("SELECT why FROM history") == "one");
}

TEST_CASE("D7: the mark is moved although the last unit of a commit failed", "[D7]") {
  TemporaryFolder folder;
  const std::string path = folder / "store.lodge";
  const Unit bad_unit = bad("bad");
  const Unit good_unit = good("good");
  {
    Writer writer(StoreOptions{.path = path});
    UnitOfWork first{.unit = &bad_unit};
    UnitOfWork second{.unit = &good_unit};
    UnitOfWork third{.unit = &bad_unit};
    std::vector<UnitOfWork*> group{&first, &second, &third};
    writer.run(group, nobody_else);
    writer.finish();
    CHECK_FALSE(second.error);
  }
  const auto mark = read_mark(mark_path(path));
  REQUIRE(mark);
  CHECK(mark->number == 1);
}

TEST_CASE("D11: on media that are not trusted a log that was left is emptied at opening", "[D11]") {
  for (const bool trusted : {true, false}) {
    TemporaryFolder folder;
    const StoreOptions options{.path = folder / "store.lodge", .power_safe_overwrite = trusted};
    const std::function<void(Database&)> unit = [](Database& database) {
      add_entry(database, "one");
    };
    UnitOfWork work{.unit = &unit};
    std::vector<UnitOfWork*> group{&work};
    {
      Writer writer(options);
      writer.run(group, nobody_else);
      writer.finish();
    }
    const auto log_size = [&] { return std::filesystem::file_size(options.path + "-wal"); };
    REQUIRE(log_size() > 0);
    const Writer again(options);
    CHECK((log_size() > 0) == trusted);
    CHECK(RawDatabase(options.path).text("SELECT why FROM history") == "one");
  }
}
