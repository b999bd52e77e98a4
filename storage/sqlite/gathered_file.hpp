#pragma once

#include <sqlite3.h>

namespace lodge::storage {

/// How many bytes of memory SQLite has to give for an open log over a file of `inner` bytes.
int gathered_file_size(int inner);

/// Opens a log over the other VFS, in the memory that SQLite gave. SQLite's codes.
int open_gathered_file(sqlite3_vfs* inner, const char* path, sqlite3_file* file, int flags,
                       int* flags_out);

/// A transaction was undone: what it left for the log is dropped. Another connection may commit at
/// that place by now. Any other file is left alone.
void drop_gathered(sqlite3_file* file);

/// The errno of this thread's last write to a log that failed with SQLITE_IOERR_WRITE, once; 0:
/// none is known.
int errno_of_failed_write();

}  // namespace lodge::storage
