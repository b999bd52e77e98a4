#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// The number of the stream that such submissions wait in; made when it is the first.
std::int64_t stream_of(Database&, std::string_view collection, std::string_view identity,
                       std::string_view lane);
std::vector<Stream> read_streams(Database&);

std::span<const char* const> stream_statements();

}  // namespace lodge::storage
