#include "client/process/file_watch.hpp"

#include <fcntl.h>

#include <fstream>

#include "client/process/unique_fd.hpp"
#include "client/process/wake_file.hpp"
#include "os_support.hpp"
#include "support/catch.hpp"

using namespace lodge::test;
using lodge::client::FileWatch;
using lodge::client::UniqueFd;
using lodge::client::WakeFile;
using std::chrono::milliseconds;

namespace {

// Only counts.
FileWatch::Handler counting(CallCount& calls) {
  return [&calls](int) -> std::optional<milliseconds> {
    calls.add();
    return std::nullopt;
  };
}

void write_to(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("each ring of the bell is heard, with inotify and without") {
  const auto method = GENERATE(FileWatch::Method::events, FileWatch::Method::looking);
  const OsFolder folder;
  WakeFile bell(folder / "store-wake");
  bell.create();
  CallCount calls;
  FileWatch watch(method, milliseconds(5));
  watch.watch(bell.path(), FileWatch::Event::written, counting(calls));
  CHECK_FALSE(calls.reaches(1, milliseconds(30)));
  for (int ring = 1; ring <= 20; ++ring) {
    CHECK(bell.touch());
    REQUIRE(calls.reaches(ring));
  }
}

TEST_CASE("the bell is heard across processes, also after its file was removed") {
  const auto method = GENERATE(FileWatch::Method::events, FileWatch::Method::looking);
  const OsFolder folder;
  WakeFile bell(folder / "store-wake");
  bell.create();
  CallCount calls;
  FileWatch watch(method, milliseconds(5));
  watch.watch(bell.path(), FileWatch::Event::written, counting(calls));
  const auto ring = [&] {
    return complaint_of_child(
        [&] { return WakeFile(bell.path()).touch() ? std::string() : std::string("cannot ring"); });
  };
  CHECK(ring() == "");
  REQUIRE(calls.reaches(1));

  std::filesystem::remove(bell.path());
  CHECK(calls.reaches(2));
  CHECK(ring() == "");
  CHECK(calls.reaches(3));
  const int before = calls.now();
  CHECK(ring() == "");
  CHECK(calls.reaches(before + 1));
}

TEST_CASE("a file that is exchanged for another is noticed") {
  const auto method = GENERATE(FileWatch::Method::events, FileWatch::Method::looking);
  const OsFolder folder;
  write_to(folder / "watched", "same");
  write_to(folder / "other", "same");
  CallCount calls;
  FileWatch watch(method, milliseconds(5));
  watch.watch(folder / "watched", FileWatch::Event::written, counting(calls));
  std::filesystem::rename(folder / "other", folder / "watched");
  CHECK(calls.reaches(1));
  const int before = calls.now();
  write_to(folder / "watched", "changed");
  CHECK(calls.reaches(before + 1));
}

TEST_CASE("closing a file tells those who watch for it only if it was open for writing") {
  const OsFolder folder;
  const auto path = folder / "store-flush";
  UniqueFd writing(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  CallCount calls;
  FileWatch watch;
  watch.watch(path, FileWatch::Event::closed, counting(calls));
  REQUIRE(::pwrite(writing.get(), "x", 1, 0) == 1);
  { const UniqueFd reading(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }
  CHECK_FALSE(calls.reaches(1, quiet));
  writing.reset();
  CHECK(calls.reaches(1));
}

TEST_CASE("a process that is killed closes its files") {
  const OsFolder folder;
  const auto path = folder / "store-flush";
  Child child([&] {
    if (::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0)
      throw std::runtime_error("open");
  });
  CallCount calls;
  FileWatch watch;
  watch.watch(path, FileWatch::Event::closed, counting(calls));
  child.kill();
  CHECK(calls.reaches(1));
}

TEST_CASE("a handler is called again when it asks, and counts from each event anew") {
  const OsFolder folder;
  write_to(folder / "file", "");
  CallCount calls;
  std::mutex mutex;
  std::vector<int> rounds;
  FileWatch watch;
  watch.watch(folder / "file", FileWatch::Event::written,
              [&](int round) -> std::optional<milliseconds> {
                {
                  const std::lock_guard lock(mutex);
                  rounds.push_back(round);
                }
                calls.add();
                return round < 2 ? std::optional(milliseconds(1)) : std::nullopt;
              });
  for (int event = 1; event <= 2; ++event) {
    std::ofstream(folder / "file", std::ios::app) << "x";
    CHECK(calls.reaches(3 * event));
  }
  CHECK_FALSE(calls.reaches(7, milliseconds(30)));
  const std::lock_guard lock(mutex);
  CHECK(rounds == std::vector<int>{0, 1, 2, 0, 1, 2});
}

TEST_CASE("a file that was forgotten is not watched") {
  const OsFolder folder;
  write_to(folder / "one", "");
  write_to(folder / "two", "");
  CallCount one;
  CallCount two;
  FileWatch watch;
  watch.watch(folder / "one", FileWatch::Event::written, counting(one));
  watch.watch(folder / "two", FileWatch::Event::written, counting(two));
  watch.forget(folder / "one");
  write_to(folder / "one", "x");
  write_to(folder / "two", "x");
  CHECK(two.reaches(1));
  CHECK(one.now() == 0);
}

TEST_CASE("a file that does not exist yet is heard of when it does") {
  const OsFolder folder;
  CallCount calls;
  FileWatch watch(FileWatch::Method::events, milliseconds(5));
  watch.watch(folder / "later", FileWatch::Event::written, counting(calls));
  CHECK_FALSE(calls.reaches(1, milliseconds(30)));
  write_to(folder / "later", "x");
  CHECK(calls.reaches(1));
}

TEST_CASE("a bell that cannot be rung says so") {
  const OsFolder folder;
  std::filesystem::create_symlink(folder / "elsewhere", folder / "link");
  CHECK_FALSE(WakeFile(folder / "link").touch());
  CHECK_FALSE(WakeFile(folder / "no/such/folder").touch());
  CHECK_FALSE(std::filesystem::exists(folder / "elsewhere"));
}
