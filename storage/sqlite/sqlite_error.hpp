#pragma once

#include <string_view>

#include "lodge/error.hpp"

struct sqlite3;

namespace lodge::storage {

/// What SQLite reported, as an Error whose sentence says what to do.
/// `code` is SQLite's extended result code; `system_errno` the operating system's, 0 where there is
/// none; `detail` SQLite's own words, used only where they speak of lodge's statements, never of
/// values.
Error sqlite_error(int code, int system_errno, std::string_view detail);

/// Throws what the connection reported last; `handle` may be null.
[[noreturn]] void fail(sqlite3* handle, int code);

/// Throws unless `code` is SQLITE_OK.
void check(sqlite3* handle, int code);

}  // namespace lodge::storage
