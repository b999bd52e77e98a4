#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <limits>

#include "storage/history/high_mark.hpp"
#include "store_fixture.hpp"

namespace {

using namespace lodge;
using namespace lodge::storage;
using namespace lodge::storage::test;
namespace fs = std::filesystem;

/// The files of a store as they stand on disk, for another place: what a copy or a crash leaves.
struct Copy {
  TemporaryFolder folder;
  std::string path = folder / "copy.lodge";

  explicit Copy(const std::string& store) {
    for (const std::string suffix : {"", "-wal", "-mark"}) take(store, suffix);
  }
  void take(const std::string& store, const std::string& suffix) const {
    fs::remove(path + suffix);
    if (fs::exists(store + suffix)) fs::copy_file(store + suffix, path + suffix);
  }
  [[nodiscard]] std::optional<Loss> open(std::unique_ptr<Store>& store) const {
    store = std::make_unique<Store>(StoreOptions{.path = path});
    return store->note_loss({start_time, "lodge", ""});
  }
  [[nodiscard]] std::optional<Loss> loss() const {
    std::unique_ptr<Store> store;
    return open(store);
  }
};

void submit_many(Kiosk& kiosk, int count) {
  for (int i = 0; i < count; ++i) kiosk.submit("key " + std::to_string(i), "{}");
}

std::int64_t marked(const std::string& store) {
  const auto mark = read_mark(mark_path(store));
  return mark ? mark->number : 0;
}

std::int64_t entries(Store& store) { return store.tally().history_entries; }

std::vector<HistoryEntry> entries_called(Store& store, const std::string& action) {
  auto found = store.history({.limit = 1'000});
  std::erase_if(found, [&](const HistoryEntry& entry) { return entry.action != action; });
  return found;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "D7, D10: a log that was lost, or that the disk only claimed to have, is told once, with "
    "what is missing",
    "[D7][D10]") {
  Kiosk kiosk;
  submit_many(kiosk, 5);
  kiosk.reopen();  // closing brings the mark up to the last commit
  const auto there = entries(kiosk.store());
  const Copy copy(kiosk.path());
  REQUIRE(marked(copy.path) == there);
  SECTION("the log removed") { fs::remove(copy.path + "-wal"); }
  SECTION("the log emptied") { fs::resize_file(copy.path + "-wal", 0); }
  SECTION("the log cut in its middle") {
    fs::resize_file(copy.path + "-wal", fs::file_size(copy.path + "-wal") / 2);
  }
  std::unique_ptr<Store> store;
  const auto loss = copy.open(store);
  REQUIRE(loss);
  CHECK(loss->action == "tail lost");
  CHECK(loss->marked == there);
  CHECK(loss->entries == there - loss->end);
  CHECK(holds(loss->words, "entry " + std::to_string(there) + " existed"));
  CHECK(holds(loss->words, "ends at " + std::to_string(loss->end)));
  CHECK(entries_called(*store, "tail lost").size() == 1);
  CHECK(store->tally().lost_entries == loss->entries);
  const auto verdict = store->verify_history();
  CHECK(verdict.intact);  // what is there is; what is not is said
  CHECK(verdict.lost == loss->entries);
  CHECK(holds(verdict.sentence, "Entries were lost before"));
  CHECK(store->broken_invariants().empty());
  store.reset();
  CHECK_FALSE(copy.open(store));
  CHECK(entries_called(*store, "tail lost").size() == 1);
  CHECK(marked(copy.path) == loss->end + 1);
}

TEST_CASE("D9: a bit turned in the log of a store that was not closed is told as a lost tail",
          "[D9]") {
  Kiosk kiosk;
  submit_many(kiosk, 4);
  kiosk.reopen();
  const auto there = entries(kiosk.store());
  const Copy whole(kiosk.path());
  const auto size = fs::file_size(whole.path + "-wal");
  int told = 0;
  int harmless = 0;
  for (std::uintmax_t at = 40; at < size; at += size / 40 + 1) {
    const Copy copy(kiosk.path());
    {
      std::fstream log(copy.path + "-wal", std::ios::binary | std::ios::in | std::ios::out);
      log.seekg(static_cast<std::streamoff>(at));
      const auto byte = static_cast<char>(log.get() ^ 0x10);
      log.seekp(static_cast<std::streamoff>(at));
      log.put(byte);
    }
    std::unique_ptr<Store> store;
    const auto loss = copy.open(store);
    INFO("byte " << at);
    if (loss) {
      ++told;
      CHECK(loss->end < there);
    } else {
      ++harmless;
      CHECK(entries(*store) == there);
    }
  }
  CHECK(told > 20);
  INFO("told " << told << ", harmless " << harmless);
}

TEST_CASE("S9, D17: an older copy put in the store's place is told", "[S9][D17]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  const Copy old(kiosk.path());
  submit_many(kiosk, 6);
  kiosk.reopen();
  const auto there = entries(kiosk.store());
  old.take(kiosk.path(), "-mark");
  std::unique_ptr<Store> store;
  const auto loss = old.open(store);
  REQUIRE(loss);
  CHECK(loss->action == "tail lost");
  CHECK(loss->entries == there - loss->end);
}

TEST_CASE("S9: an older copy that went on elsewhere is told by its other past", "[S9]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  const Copy old(kiosk.path());
  {
    Store store(StoreOptions{.path = old.path});
    for (int i = 0; i < 9; ++i) store.set_fact("n", std::to_string(i), {start_time, "eve", ""});
  }
  submit_many(kiosk, 2);
  kiosk.reopen();
  old.take(kiosk.path(), "-mark");
  std::unique_ptr<Store> store;
  const auto loss = old.open(store);
  REQUIRE(loss);
  CHECK(loss->action == "history replaced");
  CHECK(store->tally().lost_entries == 1);
  CHECK(entries_called(*store, "history replaced").size() == 1);
}

TEST_CASE("S9: another store in the place of this one is told", "[S9]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  Kiosk other;
  submit_many(other, 1);
  other.reopen();
  const Copy copy(other.path());
  copy.take(kiosk.path(), "-mark");
  const auto loss = copy.loss();
  REQUIRE(loss);
  CHECK(loss->action == "store replaced");
  CHECK(loss->entries == entries(kiosk.store()));
  CHECK_FALSE(copy.loss());
}

TEST_CASE("S9: a backup put back on purpose, its mark removed, is no loss", "[S9]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  const Copy old(kiosk.path());
  submit_many(kiosk, 3);
  fs::remove(mark_path(old.path));
  std::unique_ptr<Store> store;
  CHECK_FALSE(old.open(store));
  CHECK(store->tally().lost_entries == 0);
  CHECK(store->verify_history().marked == 0);
}

TEST_CASE("S9: history rewritten with the store closed is told against the mark", "[S9]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  tamper(kiosk.path(),
         "DROP TRIGGER history_is_never_edited; UPDATE history SET hash = zeroblob(32)"
         " WHERE number = (SELECT max(number) FROM history)");
  const auto verdict = kiosk.store().verify_history();
  CHECK_FALSE(verdict.intact);
}

TEST_CASE("S9: a tail that was cut while the store is open is told by verify_history", "[S9]") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  const auto there = entries(kiosk.store());
  tamper(kiosk.path(),
         "DROP TRIGGER history_is_never_deleted; DELETE FROM history WHERE number ="
         " (SELECT max(number) FROM history)");
  const auto verdict = kiosk.store().verify_history();
  CHECK_FALSE(verdict.intact);
  CHECK(verdict.marked == there);
}

TEST_CASE("verify_history says how far the mark confirms the chain") {
  Kiosk kiosk;
  submit_many(kiosk, 3);
  kiosk.reopen();
  const auto verdict = kiosk.store().verify_history();
  CHECK(verdict.intact);
  CHECK(verdict.marked == verdict.entries);
  CHECK(verdict.lost == 0);
  CHECK(holds(verdict.sentence, "confirms them up to entry " + std::to_string(verdict.marked)));
}

TEST_CASE("D7: the mark is never ahead, and never more than 64 entries behind", "[D7]") {
  Kiosk kiosk;
  std::int64_t most = 0;
  for (int i = 0; i < 300; ++i) {
    kiosk.submit("key " + std::to_string(i), "{}");
    const auto behind = entries(kiosk.store()) - marked(kiosk.path());
    CHECK(behind >= 0);
    most = std::max(most, behind);
  }
  CHECK(most < 64);
  CHECK(most > 10);  // and not written with every commit
}

TEST_CASE("D7: asked to keep the mark, a store does when it is time, and then has nothing to do",
          "[D7]") {
  Kiosk kiosk;
  kiosk.reopen();
  CHECK_FALSE(kiosk.store().keep_mark());
  submit_many(kiosk, 2);
  auto wait = kiosk.store().keep_mark();
  REQUIRE(wait);
  CHECK(*wait <= std::chrono::seconds(1));
  while (wait) wait = kiosk.store().keep_mark();  // for a second
  CHECK(marked(kiosk.path()) == entries(kiosk.store()));
}

TEST_CASE("D7: a commit that failed is not in the mark", "[D7]") {
  TemporaryFolder folder;
  const StoreOptions options{.path = folder / "kiosk.lodge"};
  const Act act{start_time, "ada", ""};
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    Store store(options);
    const rlimit limit{200'000, 200'000};  // a disk that is full
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string text(3'000, 'x');
    for (int i = 0; i < 500; ++i) {
      if (errc_of([&] { store.set_fact("n", std::to_string(i) + text, act); }))
        _exit(store.keep_mark() ? 0 : 2);
    }
    _exit(1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) != 1);  // it did fail
  Store store(options);
  CHECK_FALSE(store.note_loss(act));
}

TEST_CASE("D7: of two stores on one file none moves the mark back", "[D7]") {
  Kiosk kiosk;
  auto other = kiosk.another();
  submit_many(kiosk, 2);
  const auto early = marked(kiosk.path());
  for (int i = 0; i < 100; ++i) other->set_fact("n", std::to_string(i), kiosk.act());
  const auto there = marked(kiosk.path());
  CHECK(there > early);
  kiosk.reopen();  // its last commit is older than the mark
  CHECK(marked(kiosk.path()) == there);
  other.reset();
  CHECK(marked(kiosk.path()) == entries(kiosk.store()));
}

TEST_CASE("D7: a loss stays told until it was noted, whatever is written meanwhile", "[D7]") {
  Kiosk kiosk;
  submit_many(kiosk, 5);
  kiosk.reopen();
  const Copy copy(kiosk.path());
  fs::remove(copy.path + "-wal");
  {
    Store store(StoreOptions{.path = copy.path});  // a program that ends before it asks
    store.set_fact("n", "1", {start_time, "eve", ""});
  }
  CHECK(copy.loss());
}

TEST_CASE("D7: two that open after a loss note it once", "[D7]") {
  Kiosk kiosk;
  submit_many(kiosk, 5);
  kiosk.reopen();
  const Copy copy(kiosk.path());
  fs::remove(copy.path + "-wal");
  Store first(StoreOptions{.path = copy.path});
  Store second(StoreOptions{.path = copy.path});
  const Act act{start_time, "lodge", ""};
  CHECK(first.note_loss(act));
  CHECK_FALSE(second.note_loss(act));
  for (int i = 0; i < 70; ++i) second.set_fact("n", std::to_string(i), act);
  CHECK(marked(copy.path) > 20);  // the second keeps the mark too
}

TEST_CASE("a mark that says nothing is as good as none, and is replaced") {
  Kiosk kiosk;
  submit_many(kiosk, 2);
  kiosk.reopen();
  const Copy copy(kiosk.path());
  std::ofstream(mark_path(copy.path), std::ios::trunc) << GENERATE("", "lodge mark 1\nstore");
  std::unique_ptr<Store> store;
  CHECK_FALSE(copy.open(store));
  store->set_fact("n", "1", {start_time, "ada", ""});
  store.reset();
  CHECK(marked(copy.path) > 0);
}

TEST_CASE("a store works where its mark cannot be written") {
  Kiosk kiosk;
  fs::create_directory(mark_path(kiosk.path()) + "-new");
  submit_many(kiosk, 100);
  CHECK(marked(kiosk.path()) == 0);
  CHECK(kiosk.store().verify_history().intact);
}

TEST_CASE("facts that the store keeps for its mark are not the caller's to set") {
  Kiosk kiosk;
  for (const auto* name : {"store_id", "noted_mark", "lost_entries"})
    CHECK(errc_of([&] { kiosk.store().set_fact(name, "x", kiosk.act()); }) ==
          Errc::invalid_argument);
}

TEST_CASE("what a forged mark claims to be lost is counted no further than can be counted") {
  Kiosk kiosk;
  kiosk.submit("one", "{}");
  kiosk.reopen();
  const Copy copy(kiosk.path());
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  for (const std::string name : {"another", "a third"}) {
    REQUIRE(replace_mark(mark_path(copy.path), {.store = name, .number = most}));
    std::unique_ptr<Store> store;
    REQUIRE(copy.open(store));
    CHECK(store->tally().lost_entries == most);
    CHECK(store->verify_history().lost == most);
  }
}
