#include "storage/sqlite/fork_guard.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>

#include "storage/sqlite/commit_queue.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::test;

/// What `call` fails with in a forked child; it says so by its exit code.
bool fails_in_child(const std::string& code, const std::function<void()>& call) {
  const pid_t child = fork();
  if (child == 0) _exit(code_of(call) == code ? 0 : 1);
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST_CASE("P4: a child forked while a store is open opens none, not even another", "[P4]") {
  TemporaryFolder folder;
  const auto path = folder / "store.lodge";
  const auto other = folder / "other.lodge";
  auto queue = std::make_unique<CommitQueue>(StoreOptions{.path = path});
  const auto open = [](const std::string& where) {
    CommitQueue opened(StoreOptions{.path = where});
  };
  CHECK(fails_in_child("wrong_process", [&] { open(path); }));
  CHECK(fails_in_child("wrong_process", [&] { open(other); }));
  CHECK(
      fails_in_child("wrong_process", [&] { Database reader({.path = path, .read_only = true}); }));
  // Whatever it does with its copy of the parent's.
  CHECK(fails_in_child("wrong_process", [&] {
    queue.reset();
    open(path);
  }));
  // Nor its own child.
  CHECK(fails_in_child("none", [&] {
    if (!fails_in_child("wrong_process", [&] { open(path); })) throw Error(Errc::io, "");
  }));
  open(other);
  queue.reset();
  CHECK(fails_in_child("none", [&] {
    open(path);
    open(other);
  }));
}

TEST_CASE("P4: what could not be opened does not count as open", "[P4]") {
  TemporaryFolder folder;
  CHECK(code_of([&] { CommitQueue refused(StoreOptions{.path = folder / "."}); }) == "not_a_store");
  CHECK(fails_in_child("none",
                       [&] { CommitQueue own(StoreOptions{.path = folder / "store.lodge"}); }));
}
