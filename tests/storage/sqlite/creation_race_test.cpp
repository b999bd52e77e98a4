#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "storage/sqlite/commit_queue.hpp"
#include "support/catch.hpp"
#include "support/shared_numbers.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_size.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

[[noreturn]] void open_and_write(const std::string& path) {
  try {
    CommitQueue queue(StoreOptions{.path = path});
    queue.run([](Database& database) {
      database.run(
          "INSERT INTO meta (name, value) VALUES ('openings', 1) "
          "ON CONFLICT (name) DO UPDATE SET value = value + 1");
    });
  } catch (const std::exception& error) {
    const std::string words = std::string(error.what()) + "\n";
    static_cast<void>(!write(STDERR_FILENO, words.data(), words.size()));
    _exit(1);
  }
  _exit(0);
}

}  // namespace

TEST_CASE("P16: processes that begin the same store at the same moment all have it", "[P16]") {
  constexpr int processes = 3;
  const int rounds = is_large() ? 2'000 : 60;
  for (int round = 0; round < rounds; ++round) {
    TemporaryFolder folder;
    const auto path = folder / "store.lodge";
    SharedNumbers numbers;
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      numbers.meet(0, processes);
      open_and_write(path);
    }
    for (const pid_t child : children) {
      int status = -1;
      REQUIRE(waitpid(child, &status, 0) == child);
      CHECK(status == 0);
    }
    CommitQueue queue(StoreOptions{.path = path});
    queue.read([&](Database& database) {
      auto found = database.use("SELECT value FROM meta WHERE name = 'openings'");
      CHECK(found->step());
      CHECK(found->integer(0) == processes);
    });
  }
}
