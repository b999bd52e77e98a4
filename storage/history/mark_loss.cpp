#include "storage/history/mark_loss.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "storage/history/history_log.hpp"
#include "storage/schema/meta.hpp"
#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_hash = "SELECT hash FROM history WHERE number = ?1";
constexpr const char* select_end = "SELECT coalesce(max(number), 0) FROM history";
constexpr const char* insert_id =
    "INSERT OR IGNORE INTO meta (name, value) VALUES ('store_id', lower(hex(randomblob(16))))";

std::optional<Digest> hash_of(Database& database, std::int64_t number) {
  auto row = database.use(select_hash);
  row->bind(1, number);
  if (!row->step()) return std::nullopt;
  return digest_column(*row, 0);
}

std::int64_t end_of_history(Database& database) {
  auto row = database.use(select_end);
  return row->step() ? count_column(*row, 0) : 0;
}

std::string marked_entry(const Loss& loss) {
  return "the mark says that entry " + std::to_string(loss.marked) + " existed";
}

Loss of_another_store(const HighMark& mark, std::int64_t end) {
  Loss loss{.action = "store replaced", .marked = mark.number, .end = end, .entries = mark.number};
  loss.words = "the mark is that of another store, whose history had " +
               std::to_string(mark.number) + " entries; this one has " + std::to_string(end);
  return loss;
}

Loss of_tail(const HighMark& mark, std::int64_t end) {
  Loss loss{.action = "tail lost", .marked = mark.number, .end = end, .entries = mark.number - end};
  loss.words = marked_entry(loss) + "; the store ends at " + std::to_string(end) + ": " +
               std::to_string(loss.entries) + " entries are lost";
  return loss;
}

Loss of_other_past(const HighMark& mark, std::int64_t end) {
  Loss loss{.action = "history replaced", .marked = mark.number, .end = end, .entries = 1};
  loss.words = marked_entry(loss) +
               " with another hash: an older copy of the store went on without what came after "
               "it, or the history was rewritten";
  return loss;
}

}  // namespace

std::string store_id(Database& database) {
  return read_fact(database, store_id_fact).value_or(std::string());
}

void make_store_id(Database& database) {
  if (!store_id(database).empty()) return;
  database.begin_immediate();
  try {
    database.use(insert_id)->run();
    database.commit();
  } catch (...) {
    database.rollback();
    throw;
  }
  // Out of the log, so that a store which loses that is still known as itself.
  database.checkpoint(false);
}

bool confirms(Database& database, const HighMark& mark) {
  return store_id(database) == mark.store && hash_of(database, mark.number) == mark.hash;
}

std::optional<Loss> find_loss(Database& database, const HighMark& mark) {
  if (confirms(database, mark)) return std::nullopt;
  const auto end = end_of_history(database);
  if (read_fact(database, noted_mark_fact) == mark_text(mark)) return std::nullopt;
  if (store_id(database) != mark.store) return of_another_store(mark, end);
  return end < mark.number ? of_tail(mark, end) : of_other_past(mark, end);
}

void note_loss(Database& database, const HighMark& mark, const Loss& loss, const Act& act) {
  append_entry(database, {.at = act.at, .who = act.who, .action = loss.action, .why = loss.words});
  write_fact(database, noted_mark_fact, mark_text(mark));
  // What a mark claims is as large as whoever wrote it likes.
  const auto room = std::numeric_limits<std::int64_t>::max() - lost_entries(database);
  const auto lost = lost_entries(database) + std::min(loss.entries, room);
  write_fact(database, lost_entries_fact, std::to_string(lost));
}

void witness(Database& database, const std::optional<HighMark>& mark, Verdict& verdict) {
  verdict.lost = lost_entries(database);
  if (mark) {
    const auto loss = find_loss(database, *mark);
    verdict.intact = !loss;
    verdict.sentence = "All " + std::to_string(verdict.entries) + " entries are intact, ";
    if (loss)
      verdict.sentence += "but " + loss->words + ".";
    else
      verdict.sentence += "and the mark beside the store confirms them up to entry " +
                          std::to_string(mark->number) +
                          ". Whether somebody rewrote both cannot be told from here: compare the "
                          "head with one kept elsewhere.";
  }
  if (verdict.lost > 0)
    verdict.sentence += " Entries were lost before: " + std::to_string(verdict.lost) +
                        " at least; see \"tail lost\" in the history.";
}

std::int64_t lost_entries(Database& database) {
  const auto text = read_fact(database, lost_entries_fact).value_or("0");
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::max<std::int64_t>(count, 0);
}

}  // namespace lodge::storage
