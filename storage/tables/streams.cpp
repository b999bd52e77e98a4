#include "storage/tables/streams.hpp"

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
    "rejected, delivered, withdrawn, replaced FROM streams ORDER BY number";
constexpr const char* hot[] = {select_stream, insert_stream};

}  // namespace

std::int64_t stream_of(Database& database, std::string_view collection, std::string_view identity,
                       std::string_view lane) {
  {
    auto found = database.use(select_stream);
    found->bind(1, collection).bind(2, identity).bind(3, lane);
    if (found->step()) return found->integer(0);
  }
  database.use(insert_stream)->bind(1, collection).bind(2, identity).bind(3, lane).run();
  return database.last_rowid();
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
      stream.counts[state] = rows->integer(4 + state);
  }
  return streams;
}

std::span<const char* const> stream_statements() { return hot; }

}  // namespace lodge::storage
