#include "storage/tables/receipts.hpp"

#include "storage/tables/columns.hpp"

namespace lodge::storage {
namespace {

constexpr const char* insert_row =
    "INSERT INTO receipts (submission, version, delivered_at, evidence) VALUES (?1, ?2, ?3, ?4)";
constexpr const char* select_by_id =
    "SELECT p.version, p.delivered_at, p.evidence FROM submissions s "
    "CROSS JOIN receipts p ON p.submission = s.number WHERE s.id = ?1";

}  // namespace

void add_receipt(Database& database, std::int64_t submission, const Receipt& receipt) {
  auto insert = database.use(insert_row);
  insert->bind(1, submission);
  bind_version(*insert, 2, receipt.version);
  insert->bind(3, millis(receipt.delivered_at)).bind(4, receipt.evidence).run();
}

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
