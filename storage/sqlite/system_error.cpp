#include "storage/sqlite/system_error.hpp"

#include <cerrno>
#include <string>

namespace lodge::storage {

Error system_error(int error, std::string_view what) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {Errc::disk_full,
              "The disk is full, or a quota or size limit is reached. Nothing was changed; free "
              "some space and try again."};
    case EMFILE:
    case ENFILE:
      return {Errc::io,
              "This process has no file descriptors left. Close some files or raise the limit "
              "(ulimit -n), then try again."};
    case EROFS:
      return {Errc::read_only,
              "The store or its folder is read-only. Make it writable (or remount the disk), then "
              "try again."};
    case EACCES:
    case EPERM:
    case ELOOP:
      return {Errc::permission,
              "The store or its folder may not be opened by this user, or is a link. Check the "
              "owner and the permissions of the store and of its folder."};
    case ENOENT:
    case ENOTDIR:
      return {Errc::io,
              "The store's file or folder does not exist. Create the folder, or correct the path."};
    case ENAMETOOLONG:
      return {Errc::invalid_argument, "The store's path is too long. Choose a shorter one."};
    case ENOMEM:
      return {Errc::out_of_memory,
              "This process has no memory left. Nothing was changed; try again when there is."};
    default:
      return {Errc::io, "The disk or the file system reports an error (" + std::string(what) +
                            ", errno " + std::to_string(error) +
                            "). Nothing was changed; check the disk and the system log, then try "
                            "again."};
  }
}

}  // namespace lodge::storage
