#pragma once

#include <cstdint>
#include <optional>

#include "lodge/time.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Sums over the whole store, kept in one row so that no call ever counts. A unit of work reads
/// them, changes them with its rows, and writes them once.
struct Totals {
  std::int64_t unsettled = 0;        ///< submissions in the outbox
  std::int64_t unsettled_bytes = 0;  ///< of their texts
  std::int64_t drafts = 0;
  std::int64_t last_delivery = 0;  ///< milliseconds; 0: none yet
  bool operator==(const Totals&) const = default;
};

Totals read_totals(Database&);
void write_totals(Database&, const Totals&);

}  // namespace lodge::storage
