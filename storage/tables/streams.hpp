#pragma once

#include <string_view>
#include <vector>

#include "lodge/submission.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// The number of the stream that such submissions wait in; made when it is the first.
std::int64_t stream_of(Database&, std::string_view collection, std::string_view identity,
                       std::string_view lane);
std::vector<Stream> read_streams(Database&);

// Counting. What changes is noted by those who write rows, and written once, at the end of the unit
// of work: a group of deliveries moves one row for each stream, not two for each form.
/// A submission is in another state than before; empty: it was not there before.
void count_state(Database&, std::int64_t stream, std::int64_t size, std::optional<State> before,
                 State now);
void count_drafts(Database&, std::int64_t stream, std::int64_t more);
void count_delivery(Database&, std::int64_t stream, Time at);
void write_stream_changes(Database&);

/// Of all streams together, with what the open unit has changed.
OutboxSize outbox_size(Database&);

}  // namespace lodge::storage
