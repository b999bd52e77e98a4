#pragma once

namespace lodge::client {

/// An exclusive lock on a whole file, owned by the open file description and not by the process:
/// two descriptors opened apart exclude each other even in one process, closing some other
/// descriptor of the file does not drop it, and the kernel releases it when the last copy of the
/// descriptor is closed, however the process ends (fcntl(2), "open file description locks";
/// flock(2) where there are none).

/// True when the lock is ours, false when somebody else has it. `fd` must be open for writing.
/// Never blocks. Throws std::system_error where the file system has no locks.
bool try_lock(int fd);

void unlock(int fd) noexcept;

/// Does another open file description hold the lock? Reading permission is enough.
bool is_locked_elsewhere(int fd) noexcept;

}  // namespace lodge::client
