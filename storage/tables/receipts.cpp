#include "storage/tables/receipts.hpp"

#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* select_by_id =
    "SELECT delivered_version, settled_at, evidence FROM submissions WHERE id = ?1 "
    "AND state = 'delivered'";

}  // namespace

std::optional<Receipt> receipt_of(Database& database, const SubmissionId& id) {
  auto found = database.use(select_by_id);
  bind_id(*found, 1, id);
  if (!found->step()) return std::nullopt;
  return Receipt{.submission = id,
                 .version = version_column(*found, 0),
                 .delivered_at = time_of(found->integer(1)),
                 .evidence = string_column(*found, 2)};
}

}  // namespace lodge::storage
