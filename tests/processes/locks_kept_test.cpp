#include <fcntl.h>
#include <unistd.h>

#include <functional>

#include "client/live_server.hpp"
#include "storage/store.hpp"
#include "support/catch.hpp"
#include "support/errors.hpp"
#include "support/posix_lock.hpp"

namespace lodge {
namespace {

using test::file;
using test::holds_index_lock;
using test::holds_shared_lock;
using test::LiveServer;
using test::TemporaryFolder;

constexpr auto long_enough = std::chrono::seconds(20);

Draft saved(Client& client, const std::string& key) {
  Draft draft = client.edit({"d", key});
  draft.content = {{"text", std::string(5'000, 'x')}};
  client.save(draft);
  return draft;
}

TEST_CASE(
    "P5: whatever a client does, and others that come and go in its process, SQLite's locks on the "
    "file and on the log's index stay",
    "[P5]") {
  LiveServer server;
  TemporaryFolder folder;
  const Options options = test::live_options(folder, server.endpoint());
  const std::string path = options.store;
  Client client(options);
  Options elsewhere = options;
  elsewhere.endpoint = "https://elsewhere.example.org/v1";
  const std::pair<const char*, std::function<void()>> calls[] = {
      {"save", [&] { saved(client, "1"); }},
      {"submit",
       [&] {
         file(client, {"f", "1"}, {{"x", 1}});
       }},
      {"drain", [&] { CHECK(client.drain(long_enough)); }},
      {"discard, and empty the log", [&] { client.discard(saved(client, "2")); }},
      {"pause", [&] { client.pause("lunch"); }},
      {"a form that waits",
       [&] {
         file(client, {"f", "2"}, {{"x", 2}});
       }},
      {"another client", [&] { const Client another(options); }},
      {"another that writes",
       [&] {
         file(*std::make_unique<Client>(options), {"f", "3"}, {{"x", 3}});
       }},
      {"another that is refused",
       [&] { CHECK(test::code_of([&] { Client refused(elsewhere); }) == "endpoint_changed"); }},
      {"a store", [&] { CHECK(storage::Store({.path = path}).broken_invariants().empty()); }},
      {"readers",
       [&] {
         const storage::Database reader({.path = path, .read_only = true});
         client.outbox();
       }},
      {"resume", [&] { client.resume(); }},
      {"drain again", [&] { CHECK(client.drain(long_enough)); }},
      {"refresh",
       [&] {
         client.refresh({"f", "1"});
       }},
      {"history", [&] { CHECK(client.verify_history().intact); }},
  };
  REQUIRE(holds_shared_lock(path));
  REQUIRE(holds_index_lock(path));
  for (const auto& [name, call] : calls) {
    INFO(name);
    call();
    CHECK(holds_shared_lock(path));
    CHECK(holds_index_lock(path));
  }
  // That the look itself can fail: this is what a host must not do.
  ::close(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  CHECK_FALSE(holds_shared_lock(path));
}

}  // namespace
}  // namespace lodge
