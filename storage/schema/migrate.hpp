#pragma once

#include <functional>
#include <string>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// Called before an older store is changed, outside any transaction: the place for a backup.
/// Throwing stops the migration with the store as it was.
using BeforeMigration = std::function<void(Database&, int from, int to)>;

/// Brings the store to this version's schema, each step in one transaction with its numbers inside.
/// True when something was changed. Throws Error: store_too_new, not_a_store, store_damaged when
/// the schema is not what the migrations make. The caller holds the write lock.
bool migrate(Database& database, const BeforeMigration& before = {});

/// The schema as text, every object in it in order of kind and name.
std::string schema_text(Database& database);

}  // namespace lodge::storage
