#pragma once

#include <sqlite3.h>

namespace lodge::storage {

/// How many bytes of memory SQLite has to give for an open log over a file of `inner` bytes.
int gathered_file_size(int inner);

/// Opens a log over the other VFS, in the memory that SQLite gave. SQLite's codes.
int open_gathered_file(sqlite3_vfs* inner, const char* path, sqlite3_file* file, int flags,
                       int* flags_out);

/// Drops what a transaction that was undone has gathered. Handed on later, it would overwrite what
/// other connections have committed in its place. Any open file, or none: others are left alone.
void forget_gathered(sqlite3_file* file);

}  // namespace lodge::storage
