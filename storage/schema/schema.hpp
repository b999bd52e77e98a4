#pragma once

#include <span>

namespace lodge::storage {

/// "lodg" in ASCII: PRAGMA application_id of every store.
inline constexpr int application_id = 0x6c6f6467;

/// One step of the schema, run in one transaction; `to` becomes PRAGMA user_version.
struct Migration {
  int to = 0;
  const char* title = "";
  std::span<const char* const> statements{};
};

/// All migrations, oldest first, numbered 1, 2, ... Released ones never change.
std::span<const Migration> migrations();

}  // namespace lodge::storage
