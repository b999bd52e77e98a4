#include "client/process/wake_file.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "client/process/process_fd.hpp"
#include "storage/sqlite/file_identity.hpp"

namespace lodge::client {

bool WakeFile::touch() noexcept {
  try {
    const std::lock_guard lock(mutex_);
    open_current();
    std::array<char, 64> text{};
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    const int size = std::snprintf(text.data(), text.size(), "%020lld %010d\n",
                                   static_cast<long long>(now), static_cast<int>(::getpid()));
    return ::pwrite(file_.get(), text.data(), static_cast<std::size_t>(size), 0) == size;
  } catch (...) {
    return false;
  }
}

void WakeFile::create() {
  const std::lock_guard lock(mutex_);
  open_current();
}

void WakeFile::open_current() {
  const auto open_file = file_ ? storage::identity_of(file_.get()) : std::nullopt;
  if (open_file && open_file == storage::identity_at(path_)) return;
  file_ = UniqueFd(open_store_file(path_));
}

}  // namespace lodge::client
