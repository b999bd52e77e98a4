#include "storage/history/history_verify.hpp"

#include "storage/history/history_hash.hpp"
#include "storage/history/history_log.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_page =
    "SELECT h.number, h.at, h.who, h.action, h.why, r.collection, r.key, h.submission, h.state,"
    " h.version, b.digest, a.digest, h.hash, h.before, h.after FROM history h"
    " LEFT JOIN records r ON r.number = h.record LEFT JOIN contents b ON b.number = h.before"
    " LEFT JOIN contents a ON a.number = h.after WHERE h.number > ?1 ORDER BY h.number LIMIT ?2";

constexpr std::size_t most_remembered = std::size_t{1} << 26U;  // 8 MiB of bits

HashedEntry hashed(const Statement& row) {
  return {.number = row.integer(0),
          .at = row.integer(1),
          .who = row.text(2),
          .action = row.text(3),
          .why = row.text(4),
          .collection = row.text(5),
          .key = row.text(6),
          .submission = row.blob(7),
          .state = row.text(8),
          .version = row.text(9),
          .before = row.blob(10),
          .after = row.blob(11)};
}

}  // namespace

bool ChainVerifier::check_page(Database& database, int limit) {
  auto rows = database.use(select_page);
  rows->bind(1, last_).bind(2, std::int64_t{limit});
  int read = 0;
  while (!first_bad_ && rows->step()) {
    check(database, *rows);
    ++read;
  }
  return !first_bad_ && read == limit;
}

void ChainVerifier::check(Database& database, const Statement& row) {
  const auto number = row.integer(0);
  if (number != last_ + 1) return fail(last_ + 1, "is missing");
  const auto hash = digest_column(row, 12);
  if (!(entry_hash(head_, hashed(row)) == hash))
    return fail(number,
                "was changed: its hash does not follow from its fields and the entry before it");
  if (!is_text_intact(database, row.integer(13)) || !is_text_intact(database, row.integer(14)))
    return fail(number, "names a text that does not match its digest");
  last_ = number;
  head_ = hash;
}

bool ChainVerifier::is_text_intact(Database& database, std::int64_t content) {
  if (content == 0) return true;
  const auto place = static_cast<std::size_t>(content);
  if (place < intact_texts_.size() && intact_texts_[place]) return true;
  try {
    read_content(database, content);
  } catch (const Error& error) {
    if (error.code() == Errc::store_damaged) return false;
    if (error.code() != Errc::not_found) throw;  // erased: its digest stays in the chain
  }
  if (place >= most_remembered) return true;
  if (place >= intact_texts_.size()) intact_texts_.resize(place + place / 2 + 64);
  intact_texts_[place] = true;
  return true;
}

void ChainVerifier::fail(std::int64_t number, const char* what) {
  first_bad_ = number;
  what_ = what;
}

Verdict ChainVerifier::verdict() const {
  Verdict verdict;
  verdict.intact = !first_bad_;
  verdict.entries = last_;
  verdict.first_bad = first_bad_;
  verdict.head = head_;
  const auto count = std::to_string(last_);
  if (first_bad_)
    verdict.sentence = "Entry " + std::to_string(*first_bad_) + " " + what_ + ". The " + count +
                       " entries before it are intact; nothing can be said of those after it.";
  else
    verdict.sentence = "All " + count +
                       " entries are intact, and so are the texts they name. The store alone "
                       "cannot tell whether the chain was rewritten or cut at its end: compare the "
                       "head with one kept elsewhere.";
  return verdict;
}

Verdict verify_chain(Database& database) {
  ChainVerifier verifier;
  while (verifier.check_page(database, 1'000)) {
  }
  return verifier.verdict();
}

}  // namespace lodge::storage
