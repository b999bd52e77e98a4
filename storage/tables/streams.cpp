#include "storage/tables/streams.hpp"

#include <algorithm>

#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_stream =
    "SELECT number FROM streams WHERE collection = ?1 AND identity = ?2 AND lane = ?3";
constexpr const char* insert_stream =
    "INSERT INTO streams (collection, identity, lane) VALUES (?1, ?2, ?3)";
// In the order of State.
constexpr const char* select_all =
    "SELECT number, collection, identity, lane, pending, sending, unconfirmed, conflicted, "
    "rejected, delivered, withdrawn, replaced, drafts, delivered_at FROM streams ORDER BY number";
constexpr const char* select_size =
    "SELECT coalesce(sum(pending + sending + unconfirmed + conflicted + rejected), 0), "
    "coalesce(sum(bytes), 0) FROM streams";
constexpr const char* update_counts =
    "UPDATE streams SET pending = pending + ?2, sending = sending + ?3, "
    "unconfirmed = unconfirmed + ?4, conflicted = conflicted + ?5, rejected = rejected + ?6, "
    "delivered = delivered + ?7, withdrawn = withdrawn + ?8, replaced = replaced + ?9, "
    "bytes = bytes + ?10, drafts = drafts + ?11, delivered_at = max(delivered_at, ?12) "
    "WHERE number = ?1";

StreamChange& change_of(Database& database, std::int64_t stream) {
  auto& changes = database.recall().changes;
  const auto known = std::ranges::find(changes, stream, &StreamChange::stream);
  return known != changes.end() ? *known : changes.emplace_back(StreamChange{.stream = stream});
}

std::string name_of(std::string_view collection, std::string_view identity, std::string_view lane) {
  std::string name;
  name.reserve(collection.size() + identity.size() + lane.size() + 2);
  return name.append(collection).append(1, '\0').append(identity).append(1, '\0').append(lane);
}

std::int64_t find_or_add_stream(Database& database, std::string_view collection,
                                std::string_view identity, std::string_view lane) {
  {
    auto found = database.use(select_stream);
    found->bind(1, collection).bind(2, identity).bind(3, lane);
    if (found->step()) return found->integer(0);
  }
  database.use(insert_stream)->bind(1, collection).bind(2, identity).bind(3, lane).run();
  return database.last_rowid();
}

}  // namespace

std::int64_t stream_of(Database& database, std::string_view collection, std::string_view identity,
                       std::string_view lane) {
  std::string name = name_of(collection, identity, lane);
  if (const Recall& known = database.recall(); known.stream != 0 && known.stream_name == name)
    return known.stream;
  const std::int64_t number = find_or_add_stream(database, collection, identity, lane);
  Recall& recall = database.recall();
  recall.stream_name = std::move(name);
  return recall.stream = number;
}

std::vector<Stream> read_streams(Database& database) {
  std::vector<Stream> streams;
  auto rows = database.use(select_all);
  while (rows->step()) {
    Stream& stream = streams.emplace_back();
    stream.number = rows->integer(0);
    stream.collection = string_column(*rows, 1);
    stream.identity = string_column(*rows, 2);
    stream.lane = string_column(*rows, 3);
    for (int state = 0; state < state_count; ++state)
      stream.counts[state] = count_column(*rows, 4 + state);
    stream.drafts = count_column(*rows, 4 + state_count);
    if (const auto at = rows->integer(5 + state_count); at != 0) stream.last_delivery = time_of(at);
  }
  return streams;
}

void count_state(Database& database, std::int64_t stream, std::int64_t size,
                 std::optional<State> before, State now) {
  if (before == now) return;
  StreamChange& change = change_of(database, stream);
  const int more = int{is_unsettled(now)} - int{before && is_unsettled(*before)};
  if (before) change.counts[static_cast<int>(*before)] -= 1;
  change.counts[static_cast<int>(now)] += 1;
  change.bytes += more * size;
  if (auto& outbox = database.recall().outbox) {
    outbox->submissions += more;
    outbox->bytes += more * size;
  }
}

void count_drafts(Database& database, std::int64_t stream, std::int64_t more) {
  change_of(database, stream).drafts += more;
}

void count_delivery(Database& database, std::int64_t stream, Time at) {
  StreamChange& change = change_of(database, stream);
  change.delivered_at = std::max(change.delivered_at, millis(at));
}

void write_stream_changes(Database& database) {
  for (const StreamChange& change : database.recall().changes) {
    auto update = database.use(update_counts);
    update->bind(1, change.stream);
    for (int state = 0; state < state_count; ++state) update->bind(2 + state, change.counts[state]);
    update->bind(2 + state_count, change.bytes)
        .bind(3 + state_count, change.drafts)
        .bind(4 + state_count, change.delivered_at)
        .run();
  }
  database.recall().changes.clear();
}

OutboxSize outbox_size(Database& database) {
  if (const auto& known = database.recall().outbox) return *known;
  OutboxSize size;
  {
    auto found = database.use(select_size);
    found->step();
    size = {count_column(*found, 0), count_column(*found, 1)};
  }
  for (const StreamChange& change : database.recall().changes) {
    for (int state = 0; state < state_count; ++state)
      if (is_unsettled(static_cast<State>(state))) size.submissions += change.counts[state];
    size.bytes += change.bytes;
  }
  database.recall().outbox = size;
  return size;
}

}  // namespace lodge::storage
