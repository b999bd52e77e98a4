#pragma once

#include <nlohmann/json.hpp>

#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// What turns one text into the other, as a JSON Patch (RFC 6902); 0 names no text. Null where
/// nothing changed, or where a text was erased, is damaged, is no JSON or nests deeper than 64.
nlohmann::json patch_between(Database& database, ContentNumber before, ContentNumber after);

}  // namespace lodge::storage
