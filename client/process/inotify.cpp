#include "client/process/inotify.hpp"

#ifdef __linux__
#include <sys/inotify.h>
#endif
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lodge::client {

#ifdef __linux__

namespace {

// Removing a file that somebody has open shows as a change of its link count.
constexpr std::uint32_t ending = IN_DELETE_SELF | IN_IGNORED | IN_UNMOUNT;
constexpr std::uint32_t displacing = IN_ATTRIB | IN_MOVE_SELF | ending;

}  // namespace

Inotify::Inotify(bool use) : fd_(use ? ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1) {}

int Inotify::add_written(const std::filesystem::path& path) {
  return ::inotify_add_watch(fd(), path.c_str(), IN_MODIFY | displacing | IN_DONT_FOLLOW);
}

int Inotify::add_closed(const std::filesystem::path& path) {
  return ::inotify_add_watch(fd(), path.c_str(), IN_CLOSE_WRITE | displacing | IN_DONT_FOLLOW);
}

void Inotify::remove(int watch) { ::inotify_rm_watch(fd(), watch); }

std::vector<Inotify::News> Inotify::read() {
  std::vector<News> all;
  alignas(inotify_event) std::array<char, 4096> buffer;
  while (true) {
    const auto size = ::read(fd(), buffer.data(), buffer.size());
    if (size <= 0) return all;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += sizeof event + event.len;
      all.push_back({event.wd, (event.mask & (IN_MODIFY | IN_CLOSE_WRITE | IN_Q_OVERFLOW)) != 0,
                     (event.mask & displacing) != 0, (event.mask & ending) != 0});
    }
  }
}

#else

Inotify::Inotify(bool) {}
int Inotify::add_written(const std::filesystem::path&) { return -1; }
int Inotify::add_closed(const std::filesystem::path&) { return -1; }
void Inotify::remove(int) {}
std::vector<Inotify::News> Inotify::read() { return {}; }

#endif

}  // namespace lodge::client
