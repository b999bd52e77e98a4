#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lodge::storage {

/// Which file it is, whatever its path: device and inode.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// Of the file at the path, which is not followed if it is a link; empty where there is none. Only
/// asks for its status, never opens it, and not for its times: once somebody has asked for those,
/// Linux (6.13) notes the next write's exactly, and some file systems write the inode with each
/// sync (docs/decisions.md 76).
std::optional<FileIdentity> identity_at(const std::string& path);

/// Of an open file.
std::optional<FileIdentity> identity_of(int descriptor);

}  // namespace lodge::storage
