#include <filesystem>
#include <fstream>
#include <limits>

#include "fuzz/fuzz.hpp"
#include "fuzz/seed_store.hpp"
#include "storage/history/high_mark.hpp"
#include "support/temporary_folder.hpp"

// The mark beside a whole store: any file at all may stand there. Input: such files, lines of "---"
// between, the store is opened with one after the other. One that begins with a digit is two
// numbers: which entry it names, and what else is wrong with it.
namespace {

using namespace lodge;
using namespace lodge::fuzz;
using storage::HighMark;
using storage::Store;

const storage::Act act{seed_time, "lodge", "opened"};

std::optional<Digest> hash_of(Store& store, std::int64_t number) {
  const auto entries = store.history({.after_number = number - 1, .limit = 1});
  if (entries.empty() || entries.front().number != number) return std::nullopt;
  return entries.front().hash;
}

std::string made_mark(Store& store, std::string_view numbers) {
  HighMark mark{.store = store.fact("store_id").value_or("")};
  mark.number = static_cast<std::int64_t>(cut_number(numbers) >> 1U);
  if (mark.number > 0) mark.hash = hash_of(store, mark.number).value_or(Digest{});
  const std::uint64_t wrong = cut_number(numbers);
  if (wrong % 4 == 1) mark.store = "another";
  if (wrong % 4 == 2) mark.hash.bytes[0] ^= 1U;
  if (wrong % 4 == 3) mark.store += numbers;
  return storage::mark_text(mark);
}

bool confirmed(Store& store, const HighMark& mark) {
  return store.fact("store_id") == mark.store && hash_of(store, mark.number) == mark.hash;
}

// A store that is whole opens whatever stands beside it; a loss is told once, and counted.
class Judge {
 public:
  explicit Judge(const std::string& path) : path_(path) {}

  void open_beside(std::string_view mark_file) {
    std::string text(mark_file);
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      Store store({.path = path_});
      text = made_mark(store, text);
    }
    std::ofstream(storage::mark_path(path_), std::ios::binary) << text;
    Store store({.path = path_});
    judge(store, storage::parse_mark(text), text);
  }

 private:
  void judge(Store& store, const std::optional<HighMark>& mark, const std::string& text) {
    if (mark) require(storage::mark_text(*mark) == text, "a mark is read as it was written");
    const bool news = mark && !confirmed(store, *mark) && text != noted_;
    require(store.verify_history().intact == !news, "verify sees the loss, and no other");
    const auto loss = store.note_loss(act);
    require(loss.has_value() == news, "a loss is told, once");
    if (loss) count(*loss, text);
    require(!store.note_loss(act), "and thereby over");
    const Verdict verdict = store.verify_history();
    require(verdict.intact && verdict.lost == lost_, "the history says how much was lost");
    require(store.tally().lost_entries == lost_, "and so does the status");
    require(store.broken_invariants().empty(), "the store is whole");
  }

  void count(const storage::Loss& loss, const std::string& text) {
    require(loss.entries > 0 && loss.words.size() > 10, "how much, in words");
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    lost_ = loss.entries > most - lost_ ? most : lost_ + loss.entries;
    noted_ = text;
  }

  std::string path_;
  std::string noted_{};
  std::int64_t lost_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = as_text(data, size);
  const test::TemporaryFolder folder;
  const std::string path = folder / "kiosk.lodge";
  put_store(seed_store(), path);
  Judge judge(path);
  for (int i = 0; i < 4 && !input.empty(); ++i) judge.open_beside(cut(input, "\n---\n"));
  return 0;
}
