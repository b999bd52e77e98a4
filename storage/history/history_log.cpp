#include "storage/history/history_log.hpp"

#include <algorithm>

#include "storage/history/history_hash.hpp"
#include "storage/history/history_patch.hpp"
#include "storage/tables/columns.hpp"
#include "storage/tables/contents.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_tail = "SELECT number, hash FROM history ORDER BY number DESC LIMIT 1";
constexpr const char* select_record = "SELECT collection, key FROM records WHERE number = ?1";
constexpr const char* insert_entry =
    "INSERT INTO history (number, at, who, action, why, record, submission, state, version, before,"
    " after, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

#define LODGE_SELECT_ENTRY                                                              \
  "SELECT h.number, h.at, h.who, h.action, h.why, coalesce(r.collection, ''),"          \
  " coalesce(r.key, ''), h.submission, h.state, h.version, b.digest, a.digest, h.hash," \
  " h.before, h.after FROM history h LEFT JOIN records r ON r.number = h.record"        \
  " LEFT JOIN contents b ON b.number = h.before LEFT JOIN contents a ON a.number = h.after "
// One constant for each combination, so that each is answered from its own index.
constexpr const char* select_all =
    LODGE_SELECT_ENTRY "WHERE h.number > ?1 ORDER BY h.number LIMIT ?2";
constexpr const char* select_of_record = LODGE_SELECT_ENTRY
    "WHERE h.number > ?1 AND h.record ="
    " (SELECT number FROM records WHERE collection = ?3 AND key = ?4) ORDER BY h.number LIMIT ?2";
constexpr const char* select_of_submission =
    LODGE_SELECT_ENTRY "WHERE h.number > ?1 AND h.submission = ?5 ORDER BY h.number LIMIT ?2";
constexpr const char* select_of_both = LODGE_SELECT_ENTRY
    "WHERE h.number > ?1 AND h.submission = ?5 AND r.collection = ?3 AND r.key = ?4"
    " ORDER BY h.number LIMIT ?2";
#undef LODGE_SELECT_ENTRY

ChainTail read_tail(Database& database) {
  if (const auto& known = database.recall().tail) return *known;
  auto tail = database.use(select_tail);
  if (!tail->step()) return {};
  return {count_column(*tail, 0), digest_column(*tail, 1)};
}

void recall_record(Database& database, Recall& recall, std::int64_t record) {
  if (recall.record == record) return;
  recall.record = 0;
  auto row = database.use(select_record);
  row->bind(1, record);
  if (!row->step())
    throw Error(
        Errc::broken_invariant,
        "A history entry was to be made about a record that is not there. Please report this.");
  recall.collection = row->text(0);
  recall.key = row->text(1);
  recall.record = record;
}

std::string_view bytes_of(const std::optional<SubmissionId>& id) {
  if (!id) return {};
  return {reinterpret_cast<const char*>(id->bytes.data()), id->bytes.size()};
}

std::string_view bytes_of(const Digest& digest) {
  if (digest == Digest{}) return {};
  return {reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()};
}

/// The hash of an entry; its texts and its record are looked up by number.
Digest hash_of(Database& database, const NewEntry& entry, const ChainTail& tail) {
  const auto before = content_digest(database, entry.before);
  const auto after = content_digest(database, entry.after);
  const bool named = entry.record != 0;
  Recall& recall = database.recall();
  if (named) recall_record(database, recall, entry.record);
  return entry_hash(tail.hash,
                    {.number = tail.number + 1,
                     .at = millis(entry.at),
                     .who = entry.who,
                     .action = entry.action,
                     .why = entry.why,
                     .collection = named ? std::string_view(recall.collection) : std::string_view(),
                     .key = named ? std::string_view(recall.key) : std::string_view(),
                     .submission = bytes_of(entry.submission),
                     .state = entry.state ? name(*entry.state) : std::string_view(),
                     .version = entry.version ? entry.version->tag : std::string_view(),
                     .before = bytes_of(before),
                     .after = bytes_of(after)});
}

HistoryEntry entry_from(const Statement& row) {
  HistoryEntry entry;
  entry.number = row.integer(0);
  entry.at = time_of(row.integer(1));
  entry.who = string_column(row, 2);
  entry.action = string_column(row, 3);
  entry.why = string_column(row, 4);
  entry.record = {string_column(row, 5), string_column(row, 6)};
  entry.submission = optional_id_column<SubmissionTag>(row, 7);
  if (!row.is_null(8)) entry.state = known(parse_state(row.text(8)), row.text(8));
  entry.version = version_column(row, 9);
  entry.before = digest_column(row, 10);
  entry.after = digest_column(row, 11);
  entry.hash = digest_column(row, 12);
  return entry;
}

const char* select_for(const HistoryQuery& query) {
  if (query.record && query.submission) return select_of_both;
  if (query.record) return select_of_record;
  return query.submission ? select_of_submission : select_all;
}

}  // namespace

std::int64_t append_entry(Database& database, const NewEntry& entry) {
  const auto tail = read_tail(database);
  const ChainTail added{tail.number + 1, hash_of(database, entry, tail)};
  auto insert = database.use(insert_entry);
  insert->bind(1, added.number).bind(2, millis(entry.at)).bind(3, entry.who);
  insert->bind(4, entry.action).bind(5, entry.why);
  bind_content(*insert, 6, entry.record);
  bind_id(*insert, 7, entry.submission);
  if (entry.state) insert->bind(8, name(*entry.state));
  if (entry.version && !entry.version->tag.empty()) insert->bind(9, entry.version->tag);
  bind_content(*insert, 10, entry.before);
  bind_content(*insert, 11, entry.after);
  bind_digest(*insert, 12, added.hash);
  insert->step();
  database.recall().tail = added;
  database.recall().appended = true;
  return added.number;
}

std::vector<HistoryEntry> read_history(Database& database, const HistoryQuery& query) {
  std::vector<HistoryEntry> entries;
  std::vector<std::pair<ContentNumber, ContentNumber>> texts;
  {
    auto rows = database.use(select_for(query));
    rows->bind(1, query.after_number).bind(2, std::int64_t{std::clamp(query.limit, 1, 1'000)});
    if (query.record) rows->bind(3, query.record->collection).bind(4, query.record->key);
    if (query.submission) bind_id(*rows, 5, *query.submission);
    while (rows->step()) {
      entries.push_back(entry_from(*rows));
      texts.emplace_back(rows->integer(13), rows->integer(14));
    }
  }
  if (query.with_patches)
    for (std::size_t i = 0; i < entries.size(); ++i)
      entries[i].patch = patch_between(database, texts[i].first, texts[i].second);
  return entries;
}

}  // namespace lodge::storage
