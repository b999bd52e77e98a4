#pragma once

#include <unordered_map>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// The words that move a transaction are prepared before it begins: leaving one must work when
/// there is no memory left.
struct Database::Cache {
  explicit Cache(Database& database)
      : begin(database, "BEGIN IMMEDIATE"),
        begin_reading(database, "BEGIN"),
        commit(database, "COMMIT"),
        rollback(database, "ROLLBACK"),
        savepoint(database, "SAVEPOINT unit"),
        release(database, "RELEASE unit"),
        rollback_to(database, "ROLLBACK TO unit") {}

  Statement begin, begin_reading, commit, rollback, savepoint, release, rollback_to;
  std::unordered_map<const char*, Statement> statements;
};

}  // namespace lodge::storage
