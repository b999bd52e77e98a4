#pragma once

#include <string_view>

#include "lodge/error.hpp"

namespace lodge::storage {

/// What the operating system reported (`error` is an errno), as an Error whose sentence says what
/// to do. `what` names the failing step: "opening the store", "SQLite 778".
Error system_error(int error, std::string_view what);

}  // namespace lodge::storage
