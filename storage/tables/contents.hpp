#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lodge/digest.hpp"
#include "storage/delivery_rows.hpp"
#include "storage/sqlite/database.hpp"

namespace lodge::storage {

Digest digest_of(std::string_view bytes);

/// Texts live once, are named by number, and are checked against their digest whenever read.
ContentNumber add_content(Database&, std::string_view bytes);
ContentNumber add_content(Database&, std::string_view bytes, const Digest& digest);

/// Errc::store_damaged when the digest does not match; Errc::not_found when it was erased.
std::string read_content(Database&, ContentNumber);
/// The same; empty where read_content would throw one of these.
std::optional<std::string> find_content(Database&, ContentNumber);
Digest content_digest(Database&, ContentNumber);  ///< all zero for 0
void erase_content(Database&, ContentNumber);

}  // namespace lodge::storage
