#pragma once

#include <sqlite3.h>

#include <string>

namespace lodge::test {

/// While it lives, a VFS stands in the place of the system's own: what a store opens that was given
/// none. Only such a store keeps a mark, a lock and an eye on its files.
class DefaultDisk {
 public:
  explicit DefaultDisk(const std::string& vfs) : before_(sqlite3_vfs_find(nullptr)) {
    sqlite3_vfs_register(sqlite3_vfs_find(vfs.c_str()), 1);
  }
  ~DefaultDisk() { sqlite3_vfs_register(before_, 1); }
  DefaultDisk(const DefaultDisk&) = delete;
  DefaultDisk& operator=(const DefaultDisk&) = delete;

 private:
  sqlite3_vfs* before_;
};

}  // namespace lodge::test
