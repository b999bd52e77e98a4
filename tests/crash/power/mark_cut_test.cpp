#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <utility>

#include "crash/power/default_disk.hpp"
#include "crash/power/desk.hpp"
#include "crash/power/power_cut.hpp"
#include "storage/history/high_mark.hpp"
#include "support/catch.hpp"
#include "support/test_size.hpp"

// The mark is written after a commit, later than most, and never synced. Whichever of its versions
// a kill or a power cut leaves, it must not tell of a loss where there is none.

namespace lodge::test {
namespace {

std::string text_in(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A mark, and how many operations of the disk had been issued when it stood beside the store.
struct SeenMark {
  std::size_t position = 0;
  std::string text{};
};

/// People come and go; each client that closes moves the mark, and so does a large batch. The store
/// is on a disk in memory, its mark a real file.
struct MarkedDesk {
  explicit MarkedDesk(const Deceit& deceit = {}) {
    desk.real_files = true;
    desk.deliver = false;
    desk.disk.deceive(deceit);
    desk.disk.watch([this] { look_at_mark(); });
    const DefaultDisk in_place(desk.disk.name());
    desk.open();
    desk.begin_recording();
    for (int session = 0; session < 4; ++session) {
      for (int i = 0; i < 2; ++i) file(2 * session + i);
      if (session == 1) file_many();
      desk.clients.clear();
      look_at_mark();
      desk.open();
    }
    desk.end_recording();
    look_at_mark();
  }

  Client& client() { return *desk.clients.front(); }

  void file(int number) {
    Draft draft = client().edit(desk.record(number));
    draft.content = desk.content("form");
    desk.call("submit", [&] { client().submit(draft); });
  }

  /// More entries than a mark may lag behind.
  void file_many() {
    std::vector<Draft> drafts;
    for (int i = 100; i < 170; ++i) drafts.push_back(client().edit(desk.record(i)));
    desk.call("submit many", [&] { client().submit_all(drafts); });
  }

  void look_at_mark() {
    const auto text = text_in(desk.store + "-mark");
    if (!text.empty() && (marks.empty() || marks.back().text != text))
      marks.push_back({.position = desk.disk.position(), .text = text});
  }

  Desk desk{5};
  std::vector<SeenMark> marks{};
};

/// What a client finds on an image beside a mark.
struct Beside {
  View view{};
  std::int64_t lost = 0;
};

class Reopening {
 public:
  explicit Reopening(MarkedDesk& marked) : marked_(marked), in_place_(disk_.name()) {}

  Beside open(const DiskImage& image, const std::string& mark) {
    const auto path = marked_.desk.store + "-mark";
    std::filesystem::remove(path);
    if (!mark.empty()) std::ofstream(path, std::ios::binary) << mark;
    disk_.load(image);
    return open_again();
  }

  Beside open_again() {
    Client client(marked_.desk.options());
    return {.view = view_of(client), .lost = client.status().lost_entries};
  }

 private:
  MarkedDesk& marked_;
  MemoryDisk disk_{};
  DefaultDisk in_place_;
};

/// The newest mark, which a kill leaves, an older one, and what a rename without a sync may leave.
std::vector<std::string> marks_at(const MarkedDesk& marked, std::size_t position, int turn) {
  std::vector<std::string> there;
  for (const auto& mark : marked.marks)
    if (mark.position <= position) there.push_back(mark.text);
  if (there.empty()) return {{}};
  const auto older = there[static_cast<std::size_t>(turn) % there.size()];
  const std::string torn = turn % 2 == 0 ? there.back().substr(0, 40) : std::string();
  return {there.back(), older, torn};
}

struct MarkCount {
  std::int64_t images = 0;
  std::int64_t openings = 0;
  std::int64_t told = 0;      ///< of a loss
  std::int64_t breaches = 0;  ///< an acknowledged entry is gone
};

bool has_acknowledged(const Desk& desk, std::size_t position, const View& found) {
  return std::ranges::all_of(desk.promises, [&](const auto& promise) {
    const auto& chain = promise.view.chain;
    return promise.kept > position || (chain.size() <= found.chain.size() &&
                                       std::equal(chain.begin(), chain.end(), found.chain.begin()));
  });
}

MarkCount cut_beside_marks(MarkedDesk& marked, const CutLimits& limits, std::size_t stride) {
  MarkCount count;
  Reopening reopening(marked);
  std::set<std::pair<std::uint64_t, std::string>> known;
  PowerCut power(marked.desk.disk.recorded_from(), marked.desk.disk.log(), limits, 5);
  const auto see = [&](std::size_t position, const DiskImage& image) {
    ++count.images;
    for (const auto& mark : marks_at(marked, position, static_cast<int>(count.images))) {
      if (!known.insert({image.digest(), mark}).second) continue;
      const auto found = reopening.open(image, mark);
      ++count.openings;
      if (found.lost != 0)
        ++count.told;
      else if (!has_acknowledged(marked.desk, position, found.view))
        ++count.breaches;
    }
  };
  power.run(see, stride);
  return count;
}

constexpr CutLimits beside_marks{
    .every_subset_up_to = 2, .one_lost = 1, .one_kept = 1, .random = 1, .torn = 1};

TEST_CASE("D7: whichever of its marks a cut or a kill leaves, a store that lost nothing says so",
          "[D7]") {
  MarkedDesk marked;
  REQUIRE(marked.marks.size() >= 4);
  const auto count = cut_beside_marks(marked, beside_marks, is_large() ? 1 : 4);
  std::cout << "cuts beside the mark, seed 5: " << marked.marks.size() << " marks, " << count.images
            << " images, " << count.openings << " openings, " << count.told << " false alarms, "
            << count.breaches << " breaches" << std::endl;
  CHECK(count.openings > 100);
  CHECK(count.told == 0);
  CHECK(count.breaches == 0);
}

TEST_CASE("D7: an older store beside a newer mark tells of each lost entry, once", "[D7]") {
  MarkedDesk marked;
  std::map<std::size_t, DiskImage> as_it_was;
  const auto all_kept = [&](std::size_t position, const DiskImage& image) {
    as_it_was.try_emplace(position, image);  // the first image of a moment has all that was issued
  };
  PowerCut(marked.desk.disk.recorded_from(), marked.desk.disk.log(), beside_marks, 5).run(all_kept);
  Reopening reopening(marked);
  int losses = 0;
  for (const auto& promise : marked.desk.promises) {
    for (const auto& mark : marked.marks) {
      const auto marked_entry = storage::parse_mark(mark.text).value().number;
      const auto entries = static_cast<std::int64_t>(promise.view.chain.size());
      const auto lost = std::max<std::int64_t>(0, marked_entry - entries);
      INFO("mark at " << marked_entry << ", store ends at " << entries);
      CHECK(reopening.open(as_it_was.at(promise.kept), mark.text).lost == lost);
      const auto again = reopening.open_again();
      CHECK(again.lost == lost);
      CHECK(again.view.chain.size() == promise.view.chain.size() + (lost > 0 ? 1 : 0));
      losses += lost > 0;
    }
  }
  CHECK(losses >= 10);
}

TEST_CASE("control: where commits are not synced, the mark tells of what a power cut took") {
  MarkedDesk marked({.synchronous = "1"});
  CHECK(cut_beside_marks(marked, beside_marks, 4).told > 10);
}

}  // namespace
}  // namespace lodge::test
