#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

#include "crash/power/desk.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// A store whose last forms are in its log alone, and its mark: real files, for a mark has others
/// than SQLite's.
struct MarkedStore {
  MarkedStore() : desk(11) {
    desk.real_files = true;
    desk.deliver = false;
    Client& client = desk.open();
    for (int i = 0; i < 8; ++i) {
      Draft draft = client.edit(desk.record(i));
      draft.content = desk.content("form " + std::to_string(i));
      client.submit(draft);
    }
    whole = view_of(client);
    path = desk.options().store;
    desk.clients.clear();
    file = bytes_of(path);
    log = bytes_of(path + "-wal");
    mark = bytes_of(path + "-mark");
  }

  void put_back(const std::string& other_log) const {
    std::filesystem::remove(path + "-shm");
    put(path, file);
    put(path + "-wal", other_log);
    put(path + "-mark", mark);
  }

  Desk desk;
  View whole{};
  std::string path{};
  std::string file{};
  std::string log{};
  std::string mark{};
};

std::int64_t entries_gone(const View& whole, const View& found) {
  const auto length = std::min(whole.chain.size(), found.chain.size());
  const auto end = whole.chain.begin() + static_cast<std::ptrdiff_t>(length);
  return whole.chain.end() - std::mismatch(whole.chain.begin(), end, found.chain.begin()).first;
}

TEST_CASE("D9: a flipped bit in the log that drops accepted forms is told by the mark", "[D9]") {
  MarkedStore store;
  REQUIRE(!store.log.empty());
  REQUIRE(!store.mark.empty());
  const std::uint64_t seed = 3;
  std::mt19937_64 chance(seed);
  const int flips = is_large() ? 20'000 : 300;
  int harmless = 0;
  int told = 0;
  int refused = 0;
  int silent = 0;
  for (int i = 0; i < flips; ++i) {
    auto log = store.log;
    auto& byte = log[static_cast<std::size_t>(chance() % log.size())];
    byte = static_cast<char>(byte ^ (1 << (chance() % 8)));
    store.put_back(log);
    try {
      Client client(store.desk.options());
      const auto gone = entries_gone(store.whole, view_of(client));
      const auto said = client.status().lost_entries;
      ++(said != gone ? silent : (gone == 0 ? harmless : told));
    } catch (const Error&) {
      ++refused;
    }
  }
  std::cout << "rot, log beside its mark, seed " << seed << ": " << flips << " flips: " << harmless
            << " harmless, " << told << " losses told, " << refused << " refused, " << silent
            << " silent or told wrongly\n";
  CHECK(silent == 0);
  CHECK(told > 0);
}

TEST_CASE("control: a whole log shows no loss; a flipped one without its mark is silent") {
  MarkedStore store;
  store.put_back(store.log);
  {
    Client client(store.desk.options());
    CHECK(entries_gone(store.whole, view_of(client)) == 0);
    CHECK(client.status().lost_entries == 0);
  }
  auto log = store.log;
  log[log.size() / 2] = static_cast<char>(log[log.size() / 2] ^ 1);
  store.put_back(log);
  std::filesystem::remove(store.path + "-mark");
  Client client(store.desk.options());
  CHECK(entries_gone(store.whole, view_of(client)) > 0);
  CHECK(client.status().lost_entries == 0);
}

}  // namespace
}  // namespace lodge::test
