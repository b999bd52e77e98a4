#pragma once

#include <memory>
#include <string>

namespace lodge::storage {

/// A SQLite VFS over another that gathers what a transaction writes to the log (WAL) and hands it
/// on in one piece: at its commit frame, or when the log is read, measured or synced. SQLite writes
/// each page in two calls; for a submit that is thirty system calls, which cost more than its sync.
/// Nothing else is changed: before a sync the order of writes promises nothing anyway, and no other
/// connection looks at frames before they are committed. A write that fails is kept and tried again
/// with the next call, so no commit can succeed without it; what an undone transaction has gathered
/// is dropped (Database::rollback).
/// Registered with SQLite while somebody holds it; hold it longer than the connection. Threads:
/// any.
class LogVfs {
 public:
  /// `over` names the VFS whose files are used; empty: the system's. Throws Error: io.
  static std::shared_ptr<const LogVfs> over(const std::string& name);
  ~LogVfs();
  LogVfs(const LogVfs&) = delete;
  LogVfs& operator=(const LogVfs&) = delete;

  [[nodiscard]] const std::string& name() const;

  struct Impl;

 private:
  explicit LogVfs(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lodge::storage
