#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "storage/sqlite/file_identity.hpp"

namespace lodge::storage {

/// The path with its folder's links resolved, absolute. The last part stays as it is: a store that
/// is itself a link is refused. Throws Error when the folder does not exist.
std::string resolved_store_path(const std::string& path);

/// Held while a store's file is looked at and opened. The kernel drops all POSIX locks of a process
/// on a file when any descriptor of it closes, so lodge never opens a file by itself that SQLite
/// has open.
std::mutex& opening_stores();

/// Creates the file (0600, its folder made durable) or makes sure that it is a store which this
/// version may write. Never writes to a file that is there. The caller holds opening_stores().
/// Throws Error: permission (a link, or somebody else's), not_a_store, store_too_new, read_only,
/// io.
FileIdentity prepare_store_file(const std::string& path, bool may_create);

/// Called when SQLite could not open or begin a store, since it does not always say why. Throws the
/// Error that fits (disk_full, read_only, permission) when no file can be made or written beside
/// it.
void explain_refusal(const std::string& path);

/// Counts a file among those which SQLite has open in this process.
class OpenStore {
 public:
  explicit OpenStore(const FileIdentity& identity);
  ~OpenStore();
  OpenStore(const OpenStore&) = delete;
  OpenStore& operator=(const OpenStore&) = delete;
  [[nodiscard]] const FileIdentity& identity() const { return identity_; }

  /// Notes which log and shared memory belong to the file at `path`, once SQLite has opened them.
  void remember_log(const std::string& path);
  /// True when the store, its log or its shared memory are not what was opened at `path`: removed,
  /// renamed, replaced. A commit into a removed log would be durable for nobody.
  [[nodiscard]] bool has_moved(const std::string& path) const;

 private:
  FileIdentity identity_;
  std::optional<FileIdentity> log_{};
  std::optional<FileIdentity> memory_{};
};

/// True for the numbers (statfs, f_type) of file systems shared over a network.
bool is_network_file_system(std::uint64_t type);

}  // namespace lodge::storage
