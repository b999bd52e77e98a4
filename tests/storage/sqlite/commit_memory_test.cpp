#include <new>

#include "storage/sqlite/allocation_faults.hpp"
#include "storage/sqlite/queue_support.hpp"
#include "storage/tables/contents.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_size.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

struct Fixture {
  TemporaryFolder folder;
  StoreOptions options{.path = folder / "store.lodge"};
  std::optional<CommitQueue> queue{std::in_place, options};

  void write(const char* why) {
    queue->run([&](Database& database) {
      add_content(database, "some text");
      append_entry(database, {.who = "test", .action = "made", .why = why});
    });
  }
  bool is_intact() {
    bool intact = false;
    queue->read([&](Database& database) { intact = verify_chain(database).intact; });
    return intact;
  }
};

/// Runs `work` with no memory from the `nth` allocation on: "done", "no memory" or what else came.
template <class Work>
std::string without_memory(std::int64_t nth, bool for_good, const Work& work) {
  Errc other{};
  bool is_other = false;
  {
    const AllocationFaults faults(nth, for_good);
    try {
      work();
      return "done";
    } catch (const Error& error) {
      other = error.code();
      is_other = other != Errc::out_of_memory;
    } catch (const std::bad_alloc&) {
    }
  }
  return is_other ? std::string(name(other)) : "no memory";
}

}  // namespace

TEST_CASE(
    "P11: no memory at any allocation of a commit: it is there or it is not, and the next works",
    "[P11]") {
  for (const bool for_good : {false, true}) {
    std::int64_t nth = 1;
    for (;; nth += stride(3)) {
      Fixture my;
      my.write("before");
      const auto outcome = without_memory(nth, for_good, [&] { my.write("tried"); });
      const bool hit = AllocationFaults::hits() > 0;
      INFO("allocation " << nth << ", for good " << for_good);
      CHECK((outcome == "done" || outcome == "no memory"));
      CHECK(has_entry(*my.queue, "tried") == (outcome == "done"));
      my.write("after");
      CHECK(count_entries(*my.queue) == (outcome == "done" ? 3 : 2));
      CHECK(my.is_intact());
      if (!hit) break;
    }
    CHECK(nth > 15);
  }
}

TEST_CASE("P11: no memory at any allocation of an open: it fails whole, and the next works",
          "[P11]") {
  for (const bool for_good : {false, true}) {
    std::int64_t nth = 1;
    for (;; nth += stride(41)) {
      Fixture my;
      my.write("before");
      my.queue.reset();
      const auto outcome = without_memory(nth, for_good, [&] { my.queue.emplace(my.options); });
      const bool hit = AllocationFaults::hits() > 0;
      INFO("allocation " << nth << ", for good " << for_good << ": " << outcome);
      CHECK((outcome == "done" || outcome == "no memory"));
      if (!my.queue) my.queue.emplace(my.options);
      CHECK(count_entries(*my.queue) == 1);
      if (!hit) break;
    }
    CHECK(nth > 100);
  }
}

TEST_CASE("P11: no memory at any allocation of a read: it fails, and the next works", "[P11]") {
  for (const bool for_good : {false, true}) {
    for (std::int64_t nth = 1;; nth += stride(23)) {
      Fixture my;
      my.write("before");
      const auto outcome = without_memory(nth, for_good, [&] { my.is_intact(); });
      const bool hit = AllocationFaults::hits() > 0;
      INFO("allocation " << nth << ", for good " << for_good << ": " << outcome);
      CHECK((outcome == "done" || outcome == "no memory"));
      CHECK(my.is_intact());
      if (!hit) break;
    }
  }
}

TEST_CASE("P11: a unit that runs out of memory takes no neighbour with it", "[P11]") {
  for (std::int64_t nth = 1; nth < 30; nth += stride(4)) {
    Fixture my;
    std::atomic<int> stored{0};
    on_threads(6, [&](int thread) {
      try {
        my.queue->run([&](Database& database) {
          std::optional<AllocationFaults> faults;
          if (thread == 2) faults.emplace(nth, true);
          add_content(database, "some text");
          append_entry(database, {.who = "test", .action = "made"});
        });
        ++stored;
      } catch (const std::bad_alloc&) {
        if (thread != 2) throw;
      } catch (const Error&) {
        if (thread != 2) throw;
      }
    });
    INFO("allocation " << nth);
    CHECK(stored >= 5);
    CHECK(count_entries(*my.queue) == stored);
    CHECK(my.is_intact());
  }
}
