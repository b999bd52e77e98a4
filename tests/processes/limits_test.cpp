#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "processes/trouble.hpp"
#include "storage/store.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/shared_numbers.hpp"
#include "support/test_size.hpp"

namespace lodge {
namespace {

using std::chrono::milliseconds;
using test::code_of;
using test::file;
using test::ForkedClient;
using test::live_options;
using test::LiveServer;
using test::Say;
using test::TemporaryFolder;
namespace fs = std::filesystem;

int open_descriptors() {
  return static_cast<int>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

long resident_kib() {
  long size = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST_CASE("D6: a store moved, replaced or removed under a client is told, and nothing is written",
          "[D6]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  Client client(options);
  file(client, {"f", "1"}, {{"x", 1}});
  REQUIRE(client.drain(std::chrono::seconds(20)));
  const std::string away = folder / "away";
  const auto submit = [&] { file(client, {"f", "2"}, {{"x", 2}}); };
  const std::string suffix = GENERATE("", "-wal", "-shm");
  INFO(suffix);
  fs::rename(options.store + suffix, away);
  CHECK(code_of(submit) == "store_moved");
  CHECK_FALSE(fs::exists(options.store + suffix));
  { std::ofstream(options.store + suffix) << "another's"; }
  CHECK(code_of(submit) == "store_moved");
  CHECK(fs::file_size(options.store + suffix) == 9);
  fs::rename(away, options.store + suffix);
  CHECK(code_of(submit) == "none");
  CHECK(client.drain(std::chrono::seconds(20)));
  CHECK(client.verify_history().intact);
}

TEST_CASE("P15: without descriptors calls fail with a reason, and all goes on when there are some",
          "[P15]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ForkedClient program([options](const Say& say) {
    Client client(options);
    file(client, {"f", "before"}, {{"x", 1}});
    say(client.drain(std::chrono::seconds(20)) ? "drained" : "not drained");
    std::vector<int> hoard;
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit before = limit;
    limit.rlim_cur = 100;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::open("/dev/null", O_RDONLY))
      hoard.push_back(fd);
    // What is open already serves on: forms are still accepted.
    const auto code = code_of([&] { file(client, {"f", "during"}, {{"x", 2}}); });
    say("during: " + code);
    Options second = options;
    const auto refused = test::error_of([&] { Client other(second); });
    say(refused && std::string(refused->what()).size() > 20 ? "refused aloud" : "not refused");
    client.drain(milliseconds(200));
    for (const int fd : hoard) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before);
    test::go_on(client, 2, say);
  });
  CHECK(program.says("drained"));
  CHECK(program.says("during: none"));
  CHECK(program.says("refused aloud"));
  CHECK(test::check_went_on(program, server) == 3);
}

TEST_CASE("P12: of processes that write without a pause none starves", "[P12]") {
  TemporaryFolder folder;
  const storage::StoreOptions options{.path = folder / "kiosk.lodge"};
  constexpr int processes = 4;
  const std::int64_t enough = test::is_large() ? 200'000 : 4'000;
  const test::SharedNumbers numbers;
  enum Which : std::size_t {
    start,
    commits,
    first_of_each,
    first_wait = first_of_each + processes
  };
  std::vector<ForkedClient> all;
  for (std::size_t p = 0; p < processes; ++p) {
    all.emplace_back([&, p](const Say&) {
      storage::Store store(options);
      numbers.meet(start, processes);
      while (numbers[commits] < enough) {
        const auto before = numbers[commits].load();
        store.set_fact("p" + std::to_string(p), std::to_string(before), {Time{}, "a", ""});
        const auto waited = numbers[commits]++ - before;
        ++numbers[first_of_each + p];
        if (waited > numbers[first_wait + p]) numbers[first_wait + p] = waited;
      }
    });
  }
  for (ForkedClient& one : all) CHECK(one.wait() == 0);
  std::vector<std::int64_t> shares;
  std::int64_t longest = 0;
  for (std::size_t p = 0; p < processes; ++p) {
    shares.push_back(numbers[first_of_each + p]);
    longest = std::max<std::int64_t>(longest, numbers[first_wait + p]);
  }
  std::ranges::sort(shares);
  std::printf("%d processes writing %lld commits: at least %lld each, at most %lld in one wait\n",
              processes, static_cast<long long>(enough), static_cast<long long>(shares.front()),
              static_cast<long long>(longest));
  // A quarter is fair; a busy machine may let one of them run far less often. Who waits as SQLite
  // does gets next to nothing.
  CHECK(shares.front() > enough / 100);
  CHECK(storage::Store(options).verify_history().intact);
}

TEST_CASE("D15: a reader that holds a snapshot lets the log grow, and it is cut once it is gone",
          "[D15]") {
  TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  storage::Store store({.path = path});
  const auto write = [&](int count) {
    for (int i = 0; i < count; ++i)
      store.set_fact("n", std::to_string(i) + std::string(40'000, 'x'), {Time{}, "a", ""});
  };
  const auto log = [&] { return fs::file_size(path + "-wal"); };
  constexpr std::uintmax_t cut_at = 4 << 20;
  write(300);
  CHECK(log() < 2 * cut_at);  // written over and over
  {
    storage::Database reader({.path = path, .read_only = true});
    reader.begin_reading();
    reader.use("SELECT count(*) FROM history")->step();
    write(1'500);
    CHECK(log() > 2 * cut_at);  // nothing may be written over that the reader sees
    reader.rollback();
  }
  write(100);
  const auto after = log();
  write(300);
  CHECK(log() == after);  // it does not grow on
}

TEST_CASE("after many forms a client has no more descriptors, memory or log than before") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ForkedClient program([options](const Say& say) {
    const int cycles = test::is_large() ? 100'000 : 300;
    Client client(options);
    int descriptors = 0;
    long memory = 0;
    std::uintmax_t log = 0;
    for (int i = 0; i < cycles; ++i) {
      file(client, {"f", std::to_string(i % 50)}, {{"x", i}});
      if (i % 100 == 99) client.drain(std::chrono::seconds(20));
      if (i % 100 == 99) log = std::max(log, fs::file_size(options.store + "-wal"));
      if (i == cycles / 3) {
        client.drain(std::chrono::seconds(20));
        descriptors = open_descriptors();
        memory = resident_kib();
      }
    }
    client.drain(std::chrono::seconds(60));
    const long grown = resident_kib() - memory;
    const int more = open_descriptors() - descriptors;
    say("descriptors " + std::to_string(more));
    say("log " + std::to_string(log));
    say("memory " + std::to_string(grown) + " of " + std::to_string(memory));
    std::printf("soak: %d forms, memory %ld KiB and %+ld, descriptors %+d, log at most %ju KiB\n",
                cycles, memory, grown, more, log / 1024);
    std::fflush(stdout);
  });
  CHECK(program.wait() == 0);
  long grown = 0;
  long memory = 1;
  for (const std::string& line : program.lines(milliseconds(1'000))) {
    if (line.starts_with("descriptors ")) CHECK(std::abs(std::stoi(line.substr(12))) <= 8);
    if (line.starts_with("log ")) CHECK(std::stol(line.substr(4)) < 4 * (4 << 20));
    if (line.starts_with("memory "))
      std::sscanf(line.c_str(), "memory %ld of %ld", &grown, &memory);
  }
  CHECK(memory > 1);
  CHECK(grown < memory / 10 + 4'096);
}

}  // namespace
}  // namespace lodge
