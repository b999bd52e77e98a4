#include "storage/sqlite/file_identity.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#endif

namespace lodge::storage {
namespace {

FileIdentity identity_from(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

#ifdef __linux__
constexpr int of_descriptor = AT_EMPTY_PATH;

std::optional<FileIdentity> ask(int folder, const char* path, int flags) {
  struct statx status {};
  if (::statx(folder, path, flags, STATX_INO, &status) != 0) return std::nullopt;
  return FileIdentity{makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino};
}
#else
constexpr int of_descriptor = 0;

std::optional<FileIdentity> ask(int, const char*, int) { return std::nullopt; }
#endif

}  // namespace

// Where there is no statx, or a sandbox forbids it, the older call answers.

std::optional<FileIdentity> identity_at(const std::string& path) {
  if (const auto known = ask(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW)) return known;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return identity_from(status);
}

std::optional<FileIdentity> identity_of(int descriptor) {
  if (const auto known = ask(descriptor, "", of_descriptor)) return known;
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  return identity_from(status);
}

}  // namespace lodge::storage
