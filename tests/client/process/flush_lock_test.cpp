#include "client/process/flush_lock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "client/process/holder_text.hpp"
#include "client/process/unique_fd.hpp"
#include "lodge/error.hpp"
#include "os_support.hpp"
#include "support/catch.hpp"

using namespace lodge;
using namespace lodge::test;
using lodge::client::FlushLock;
using lodge::client::UniqueFd;

namespace {

constexpr Time at_nine{std::chrono::sys_days{std::chrono::year{2031} / 5 / 1} +
                       std::chrono::hours(9)};

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Errc failure_of(const std::filesystem::path& path) {
  try {
    FlushLock(path).try_acquire(at_nine);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

}  // namespace

TEST_CASE("P2: of two clients in one process one has the lock", "[P2]") {
  const OsFolder folder;
  FlushLock one(folder / "store-flush");
  FlushLock two(folder / "store-flush");
  CHECK(one.try_acquire(at_nine));
  CHECK(one.try_acquire(at_nine));
  CHECK_FALSE(two.try_acquire(at_nine));
  CHECK(one.held());
  CHECK_FALSE(two.held());
  one.release();
  CHECK_FALSE(one.held());
  CHECK(two.try_acquire(at_nine));
  CHECK_FALSE(one.try_acquire(at_nine));
}

TEST_CASE("a lock that goes out of scope is free") {
  const OsFolder folder;
  { CHECK(FlushLock(folder / "store-flush").try_acquire(at_nine)); }
  CHECK(FlushLock(folder / "store-flush").try_acquire(at_nine));
}

TEST_CASE("P2: of two processes one has the lock, and who it is can be read", "[P2]") {
  const OsFolder folder;
  FlushLock ours(folder / "store-flush");
  CHECK_FALSE(ours.holder());
  Child other([&] {
    auto* theirs = new FlushLock(folder / "store-flush");
    if (!theirs->try_acquire(at_nine)) throw std::runtime_error("not free");
    theirs->note_activity(at_nine + std::chrono::minutes(92));
  });
  CHECK_FALSE(ours.try_acquire(at_nine));
  const auto holder = ours.holder();
  REQUIRE(holder);
  CHECK(holder->pid == other.pid());
  CHECK(holder->since == at_nine);
  CHECK(holder->active == at_nine + std::chrono::minutes(92));
}

TEST_CASE("P3: a process that is stopped keeps the lock; killed, it loses it", "[P3]") {
  const OsFolder folder;
  FlushLock ours(folder / "store-flush");
  Child other([&] { (new FlushLock(folder / "store-flush"))->try_acquire(at_nine); });
  other.stop();
  CHECK_FALSE(ours.try_acquire(at_nine));
  CHECK(ours.holder()->pid == other.pid());
  other.kill();
  CHECK(ours.try_acquire(at_nine));
  CHECK(ours.holder()->pid == ::getpid());
}

TEST_CASE("P4: a forked child does not have the lock and cannot take it", "[P4]") {
  const OsFolder folder;
  auto lock = std::make_unique<FlushLock>(folder / "store-flush");
  REQUIRE(lock->try_acquire(at_nine));
  const auto said = complaint_of_child([&] {
    Complaints complaints;
    complaints.expect(!lock->held(), "the child holds it");
    complaints.expect(lock->holder()->pid == ::getppid(), "the parent does not");
    try {
      lock->try_acquire(at_nine);
      complaints.expect(false, "the child may try");
    } catch (const Error& error) {
      complaints.expect(error.code() == Errc::wrong_process, "wrong code");
    }
    lock->note_activity(at_nine);
    lock->release();
    complaints.expect(!FlushLock(folder / "store-flush").try_acquire(at_nine), "it became free");
    lock.reset();
    complaints.expect(!FlushLock(folder / "store-flush").try_acquire(at_nine), "freed by the end");
    return complaints.text();
  });
  CHECK(said == "");
  CHECK(lock->held());
}

TEST_CASE("P4: a forked child does not keep the lock when the parent lets go", "[P4]") {
  const OsFolder folder;
  FlushLock lock(folder / "store-flush");
  REQUIRE(lock.try_acquire(at_nine));
  const Child child([] {});
  lock.release();
  CHECK(FlushLock(folder / "store-flush").try_acquire(at_nine));
}

TEST_CASE("P4: a forked child does not keep the lock when the parent is killed", "[P4]") {
  const OsFolder folder;
  Child holder([&] {
    (new FlushLock(folder / "store-flush"))->try_acquire(at_nine);
    auto* survivor = new Child([] {});
    std::ofstream(folder / "survivor") << survivor->pid();
  });
  CHECK_FALSE(FlushLock(folder / "store-flush").try_acquire(at_nine));
  holder.kill();
  CHECK(FlushLock(folder / "store-flush").try_acquire(at_nine));
  const pid_t survivor = std::stoi(content_of(folder / "survivor"));
  CHECK(::kill(survivor, SIGKILL) == 0);
}

TEST_CASE("P5: opening and closing the file elsewhere does not drop the lock", "[P5]") {
  const OsFolder folder;
  FlushLock ours(folder / "store-flush");
  REQUIRE(ours.try_acquire(at_nine));
  for (const int flags : {O_RDWR, O_RDONLY}) {
    const UniqueFd host(::open((folder / "store-flush").c_str(), flags | O_CLOEXEC));
    REQUIRE(host);
  }
  CHECK(ours.held());
  CHECK_FALSE(FlushLock(folder / "store-flush").try_acquire(at_nine));
}

TEST_CASE("a lock whose file was removed or replaced is lost and can be taken anew") {
  const OsFolder folder;
  const auto path = folder / "store-flush";
  FlushLock one(path);
  FlushLock two(path);
  REQUIRE(one.try_acquire(at_nine));
  REQUIRE_FALSE(two.try_acquire(at_nine));
  std::filesystem::remove(path);
  CHECK_FALSE(one.held());
  CHECK(two.try_acquire(at_nine));
  CHECK_FALSE(one.try_acquire(at_nine));
  two.release();
  CHECK(one.try_acquire(at_nine));
  CHECK(one.held());
}

TEST_CASE("the lock file is private, says who has it, and says nothing when free") {
  const OsFolder folder;
  const auto path = folder / "store-flush";
  FlushLock lock(path);
  REQUIRE(lock.try_acquire(at_nine));
  lock.note_activity(at_nine + std::chrono::milliseconds(1250));
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(content_of(path) == "pid " + std::to_string(::getpid()) +
                                "\nsince 2031-05-01T09:00:00.000Z"
                                "\nactive 2031-05-01T09:00:01.250Z\n");
  lock.release();
  CHECK(content_of(path).empty());
  CHECK_FALSE(lock.holder());
}

TEST_CASE("the holder writes its time down once a second at most, and after the clock went back") {
  const OsFolder folder;
  FlushLock lock(folder / "store-flush");
  REQUIRE(lock.try_acquire(at_nine));
  lock.note_activity(at_nine + std::chrono::milliseconds(999));
  CHECK(lock.holder()->active == at_nine);
  lock.note_activity(at_nine + std::chrono::seconds(1));
  CHECK(lock.holder()->active == at_nine + std::chrono::seconds(1));
  lock.note_activity(at_nine - std::chrono::hours(1));
  CHECK(lock.holder()->active == at_nine - std::chrono::hours(1));
}

TEST_CASE("C4: what a holder wrote before it died, or before a reboot, is nobody", "[C4]") {
  const OsFolder folder;
  std::ofstream(folder / "store-flush") << client::holder_text({4711, at_nine, at_nine});
  CHECK_FALSE(FlushLock(folder / "store-flush").holder());
}

TEST_CASE("a link, a folder or a missing folder is refused with a reason") {
  const OsFolder folder;
  std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
  std::filesystem::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(failure_of(folder / "link") == Errc::permission);
  CHECK(failure_of(folder / "folder") == Errc::not_a_store);
  CHECK(failure_of(folder / "fifo") == Errc::not_a_store);
  CHECK(failure_of(folder / "no/such/file") == Errc::io);
  CHECK_FALSE(std::filesystem::exists(folder / "elsewhere"));
}

TEST_CASE("the descriptor of the lock is closed by exec") {
  const OsFolder folder;
  FlushLock lock(folder / "store-flush");
  REQUIRE(lock.try_acquire(at_nine));
  for (const auto& open : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(open.path(), gone) != folder / "store-flush") continue;
    const int fd = std::stoi(open.path().filename().string());
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
}
