#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "client/live_server.hpp"
#include "processes/forked_client.hpp"
#include "processes/trouble.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/shared_numbers.hpp"
#include "support/system_calls.hpp"

namespace lodge {
namespace {

using test::code_of;
using test::error_of;
using test::file;
using test::ForkedClient;
using test::live_options;
using test::LiveServer;
using test::Say;
using test::TemporaryFolder;
namespace fs = std::filesystem;

constexpr auto long_enough = std::chrono::seconds(20);

bool put_down(const char* path, const std::string& text) {
  std::ofstream out(path);
  out << text << std::flush;
  return out.good();
}

/// A small file system of this process alone over `folder`; false where that is not allowed.
bool mount_over(const std::string& folder, const char* settings) {
  const auto user = std::to_string(geteuid());
  const auto group = std::to_string(getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  // Without a group of its own it could create no file there.
  if (!put_down("/proc/self/setgroups", "deny") ||
      !put_down("/proc/self/uid_map", user + " " + user + " 1") ||
      !put_down("/proc/self/gid_map", group + " " + group + " 1"))
    return false;
  return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, settings) == 0;
}

bool remount(const std::string& folder, unsigned long flags, const char* settings) {
  return ::mount("tmpfs", folder.c_str(), "tmpfs", MS_REMOUNT | flags, settings) == 0;
}

/// Runs `body` in a process with the small file system. False, and loudly, where not allowed.
bool on_small_disk(const TemporaryFolder& folder, const char* settings,
                   const std::function<void(const Say&)>& body,
                   const std::function<void(ForkedClient&)>& judge) {
  const std::string path = fs::path(folder / "x").parent_path();
  ForkedClient program([&](const Say& say) {
    const bool mounted = mount_over(path, settings);
    say(mounted ? "mounted" : "not allowed");
    if (mounted) body(say);
  });
  if (!program.says("mounted")) {
    WARN("SKIPPED: this machine allows no file system of one's own (unshare -rm)");
    return false;
  }
  judge(program);
  return true;
}

/// Files forms of 20 kB until one is refused; how many were accepted.
std::size_t file_until_refused(Client& client, std::string& sentence) {
  for (std::size_t i = 0; i < 1'000; ++i) {
    const auto error = error_of([&] {
      file(client, {"f", std::to_string(i)}, {{"text", std::string(20'000, 'x')}, {"i", i}});
    });
    if (!error) continue;
    sentence = std::string(name(error->code())) + ": " + error->what();
    return i;
  }
  return 1'000;
}

TEST_CASE(
    "D3, D4: a 2 MiB disk fills up while forms are filed and delivered; all accepted arrive once "
    "when there is space, without reopening",
    "[D3][D4]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  on_small_disk(
      folder, "size=2m",
      [&](const Say& say) {
        Client client(options);
        std::string sentence;
        const std::size_t count = file_until_refused(client, sentence);
        say(sentence.starts_with("disk_full: ") &&
                    sentence.find("free some space") != std::string::npos
                ? "refused aloud"
                : sentence);
        client.drain(std::chrono::milliseconds(300));
        // The same goes for typing.
        Draft draft = client.edit({"d", "1"});
        draft.content = {{"text", std::string(200'000, 'y')}};
        say("draft: " + code_of([&] { client.save(draft); }));
        say(remount(folder / ".", 0, "size=64m") ? "space" : "no space");
        client.save(draft);
        test::go_on(client, count, say);
      },
      [&](ForkedClient& program) {
        CHECK(program.says("refused aloud"));
        CHECK(program.says("draft: disk_full"));
        CHECK(program.says("space"));
        const auto count = test::check_went_on(program, server);
        CHECK(count > 5);
        CHECK(count < 1'000);
      });
}

TEST_CASE("D3: without inodes a store is not begun, and says why; with some it opens", "[D3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  on_small_disk(
      folder, "size=8m,nr_inodes=3",
      [&](const Say& say) {
        say("open: " + code_of([&] { Client client(options); }));
        remount(folder / ".", 0, "nr_inodes=100");
        Client client(options);
        int files = 0;
        while (std::ofstream(folder / std::to_string(files)).good()) ++files;
        // What is open already takes forms; what is still to be made waits until there is room.
        say("filed: " + code_of([&] { file(client, {"f", "1"}, {{"x", 1}}); }));
        for (int i = 0; i < files; ++i) fs::remove(folder / std::to_string(i));
        test::go_on(client, 1, say);
      },
      [&](ForkedClient& program) {
        CHECK(program.says("open: disk_full"));
        CHECK(program.says("filed: none"));
        CHECK(test::check_went_on(program, server) == 2);
      });
}

TEST_CASE(
    "D5: the system does not make a disk read-only under an open store; on one that is, opening "
    "says so, and works once it may be written",
    "[D5]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  on_small_disk(
      folder, "size=8m",
      [&](const Say& say) {
        {
          Client client(options);
          file(client, {"f", "1"}, {{"x", 1}});
          say(!remount(folder / ".", MS_RDONLY, nullptr) && errno == EBUSY ? "busy" : "changed");
          say(client.drain(long_enough) ? "drained" : "not drained");
        }
        say(remount(folder / ".", MS_RDONLY, nullptr) ? "read-only" : "still open");
        const auto error = error_of([&] { Client client(options); });
        say(error ? "open: " + std::string(name(error->code())) : "open: none");
        remount(folder / ".", 0, nullptr);
        Client client(options);
        file(client, {"f", "2"}, {{"x", 2}});
        say(client.drain(long_enough) ? "drained again" : "not drained");
      },
      [&](ForkedClient& program) {
        CHECK(program.says("busy"));
        CHECK(program.says("drained"));
        CHECK(program.says("read-only"));
        CHECK(program.says("open: read_only"));
        CHECK(program.says("drained again"));
        CHECK(server.effects() == 2);
      });
}

TEST_CASE("D3: at the limit for a file's size forms are refused aloud, and accepted beyond it",
          "[D3]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  ForkedClient program([&](const Say& say) {
    ::signal(SIGXFSZ, SIG_IGN);  // else the system ends the process
    Client client(options);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit before = limit;
    limit.rlim_cur = 1 << 20;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::string sentence;
    const std::size_t count = file_until_refused(client, sentence);
    say(sentence.starts_with("disk_full: ") ? "refused aloud" : sentence);
    ::setrlimit(RLIMIT_FSIZE, &before);
    test::go_on(client, count, say);
  });
  CHECK(program.says("refused aloud"));
  CHECK(test::check_went_on(program, server) > 5);
}

TEST_CASE(
    "D5: a disk turns read-only under an open store: saves fail aloud, nothing is sent that could "
    "not be recorded, and all goes on when it may be written again",
    "[D5]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = live_options(folder, server.endpoint());
  const test::SharedNumbers numbers;
  ForkedClient program([&](const Say& say) {
    test::system_calls::watch();
    Client client(options);
    file(client, {"f", "1"}, {{"x", 1}});
    say(client.drain(long_enough) ? "drained" : "not drained");
    client.set_network(Path::offline);
    file(client, {"f", "2"}, {{"x", 2}});
    test::system_calls::fail_changes(EROFS);
    say("filed: " + code_of([&] { file(client, {"f", "3"}, {{"x", 3}}); }));
    Draft draft = client.edit({"d", "1"});
    say("saved: " + code_of([&] { client.save(draft); }));
    client.set_network(Path::online);
    client.drain(std::chrono::milliseconds(300));
    say("tried");
    numbers.meet(0, 2);
    test::system_calls::fail_changes(0);
    client.save(draft);
    test::go_on(client, 2, say);
  });
  CHECK(program.says("drained"));
  CHECK(program.says("filed: read_only"));
  CHECK(program.says("saved: read_only"));
  CHECK(program.says("tried"));
  CHECK(server.requests() == 1);
  numbers.meet(0, 2);
  CHECK(test::check_went_on(program, server) == 3);
}

}  // namespace
}  // namespace lodge
