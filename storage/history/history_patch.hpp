#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// What turns one text into the other, as a JSON Patch (RFC 6902); 0 names no text. Null where
/// nothing changed, or where a text was erased, is damaged, is no JSON or nests deeper than 64.
nlohmann::json patch_between(Database& database, ContentNumber before, ContentNumber after);

/// The same of the texts themselves; null where one is no JSON or nests deeper than 64.
nlohmann::json patch_of_texts(std::string_view before, std::string_view after);

}  // namespace lodge::storage
