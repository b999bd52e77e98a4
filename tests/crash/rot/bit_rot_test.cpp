#include <iostream>
#include <random>
#include <set>

#include "crash/power/desk.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

namespace lodge::test {
namespace {

/// What became of a flipped bit.
struct RotCount {
  std::int64_t harmless = 0;   ///< everything reads as before
  std::int64_t refused = 0;    ///< opening or reading says what is wrong
  std::int64_t parked = 0;     ///< the form is rejected as damaged, the others were delivered
  std::int64_t lost_tail = 0;  ///< to be noticed by the high mark: the log's end is gone
  std::int64_t beside = 0;     ///< another shown member differs; no digest covers it
  std::int64_t damaged_sent = 0;
  std::int64_t blamed_on_lodge = 0;  ///< refused, but as a fault of lodge
};

/// A store with a delivered form, drafts and forms that wait.
struct Shop {
  explicit Shop(bool with_log) : desk(7) {
    Client& client = desk.open();
    for (int i = 0; i < 3; ++i) file(client, i);
    client.flush();
    for (int i = 3; i < 9; ++i) file(client, i);
    Draft kept = client.edit(desk.record(20));
    kept.content = desk.content("kept");
    client.save(kept);
    Draft gone = client.edit(desk.record(21));
    client.save(gone);
    client.discard(gone);  // empties the log into the file
    if (with_log)
      for (int i = 9; i < 12; ++i) file(client, i);
    whole = view_of(client);
    desk.clients.clear();
    image = desk.disk.image();
    server = desk.server.serialise();
  }

  void file(Client& client, int number) {
    Draft draft = client.edit(desk.record(number));
    draft.content = desk.content("form " + std::to_string(number));
    bodies.insert(client.content(client.submit(draft).id).dump());
  }

  Desk desk;
  View whole{};
  DiskImage image{};
  std::string server{};
  std::set<std::string> bodies{};
};

class Rot {
 public:
  explicit Rot(Shop& shop) : shop_(shop) {}

  void flip(const std::string& file, std::int64_t offset, int bit) {
    DiskImage image = shop_.image;
    image.files.at(file).flip_bit(offset, bit);
    disk_.load(image);
    try {
      judge();
    } catch (const Error& error) {
      // Whatever it names: a flipped endpoint is another endpoint.
      if (error.code() == Errc::broken_invariant) ++count.blamed_on_lodge;
      ++count.refused;
    }
  }

  RotCount count{};

 private:
  void judge() {
    auto server = demo::FormsServer::restore({}, shop_.server);
    const auto wire = std::make_shared<MemoryTransport>([&](const Request& request) {
      if (request.method == Method::put && !shop_.bodies.contains(request.body))
        ++count.damaged_sent;
      return server.handle(request, shop_.desk.clock->now());
    });
    auto options = shop_.desk.options();
    options.sqlite_vfs = disk_.name();
    options.transport = wire;
    Client client(options);
    bool unreadable = false;
    View view;
    try {
      view = view_of(client);
    } catch (const std::exception&) {
      unreadable = true;
    }
    // What can still be sent is sent, and only as it was.
    client.flush();
    const auto rejected = client.status().counts[static_cast<int>(State::rejected)];
    if (rejected > 0)
      ++count.parked;
    else if (unreadable)
      ++count.refused;
    else if (view == shop_.whole)
      ++count.harmless;
    else if (view.chain.size() < shop_.whole.chain.size())
      ++count.lost_tail;
    else
      ++count.beside;
  }

  Shop& shop_;
  MemoryDisk disk_{};
};

void sweep(bool with_log, std::int64_t flips, std::uint64_t seed) {
  Shop shop(with_log);
  Rot rot(shop);
  std::mt19937_64 chance(seed);
  const auto store = shop.desk.options().store;
  const auto& files = shop.image.files;
  const auto log_size = files.contains(store + "-wal") ? files.at(store + "-wal").size() : 0;
  CHECK((log_size > 0) == with_log);
  for (std::int64_t i = 0; i < flips; ++i) {
    const bool in_log = with_log && i % 2 == 0;
    const auto name = in_log ? store + "-wal" : store;
    const auto size = static_cast<std::uint64_t>(files.at(name).size());
    rot.flip(name, static_cast<std::int64_t>(chance() % size), static_cast<int>(chance() % 8));
  }
  const auto& count = rot.count;
  std::cout << "rot, " << (with_log ? "file and log" : "closed file") << ", seed " << seed << ": "
            << flips << " flips: " << count.harmless << " harmless, " << count.refused
            << " refused, " << count.parked << " parked, " << count.lost_tail << " lost tails, "
            << count.beside << " beside the digests, " << count.damaged_sent << " damaged sent, "
            << count.blamed_on_lodge << " refusals blame lodge\n";
  CHECK(count.damaged_sent == 0);
  CHECK(count.harmless > 0);
  CHECK(count.refused + count.parked > 0);
}

TEST_CASE("D8: one flipped bit in a closed store is harmless or told; nothing damaged is sent",
          "[D8]") {
  sweep(false, is_large() ? 20'000 : 400, 1);
}

TEST_CASE("D9: one flipped bit in a store with a log damages nothing that is sent", "[D9]") {
  sweep(true, is_large() ? 20'000 : 300, 2);
}

}  // namespace
}  // namespace lodge::test
