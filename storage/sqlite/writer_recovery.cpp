// What a writer does when a transaction could not be ended as it should: no error is believed
// before the file was asked, and no connection is used again that may be in a state of its own.
#include "storage/sqlite/writer.hpp"

namespace lodge::storage {
namespace {

bool has_entry(Database& database, const ChainTail& tail) {
  auto found = database.use("SELECT 1 FROM history WHERE number = ?1 AND hash = ?2");
  found->bind(1, tail.number).bind_blob(2, tail.hash.bytes);
  return found->step();
}

}  // namespace

/// SQLite's word that a COMMIT failed is nearly the whole truth: its frames may stand in the log,
/// and would count after the next recovery. While any connection is open there is no recovery. So
/// the new connection is opened before the old one is closed, is asked whether the commit is there
/// (by the number and hash of its last history entry), and then commits something else over those
/// frames. Success is only claimed when that was synced too.
void Writer::after_failed_commit(const std::optional<ChainTail>& tail, std::exception_ptr error) {
  database_->rollback();
  if (!replace_connection()) std::rethrow_exception(error);
  bool took_effect = false;
  try {
    took_effect = tail && has_entry(*database_, *tail);
  } catch (...) {
    std::rethrow_exception(error);
  }
  const bool synced = overwrite_failed_commit();
  if (!took_effect || !synced) std::rethrow_exception(error);
}

bool Writer::overwrite_failed_commit() noexcept {
  try {
    database_->begin_immediate();
    database_->run(
        "INSERT INTO meta (name, value) VALUES ('failed_commits', 1) "
        "ON CONFLICT (name) DO UPDATE SET value = value + 1");
    database_->commit();
    return true;
  } catch (...) {
    leave_transaction();
    return false;
  }
}

void Writer::leave_transaction() noexcept {
  if (!database_->rollback()) replace_connection();
}

/// False when no new connection could be had. The old one is then kept if it left its transaction.
bool Writer::replace_connection() noexcept {
  try {
    auto fresh = reopen();
    if (!fresh->is_same_file_as(*database_)) throw Error(Errc::store_moved, "");
    database_ = std::move(fresh);
    return true;
  } catch (...) {
    if (database_->in_transaction()) database_.reset();
    return false;
  }
}

std::unique_ptr<Database> Writer::reopen() const {
  auto how = connection_options(options_);
  how.create = false;
  return std::make_unique<Database>(how);
}

}  // namespace lodge::storage
