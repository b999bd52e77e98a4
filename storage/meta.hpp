#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/database.hpp"

namespace lodge::storage {

/// Small facts by name.
std::optional<std::string> read_fact(Database&, std::string_view name);
void write_fact(Database&, std::string_view name, std::string_view value);

std::span<const char* const> meta_statements();

}  // namespace lodge::storage
