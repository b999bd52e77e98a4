#include "client/process/wake_pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace lodge::client {
namespace {

#ifdef __linux__

bool open_ends(std::array<int, 2>& ends) {
  return ::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0;
}

#else

bool open_ends(std::array<int, 2>& ends) {
  if (::pipe(ends.data()) != 0) return false;
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  return true;
}

#endif

}  // namespace

WakePipe::WakePipe() {
  std::array<int, 2> ends{-1, -1};
  if (!open_ends(ends)) throw std::system_error(errno, std::generic_category(), "pipe");
  out_ = UniqueFd(ends[0]);
  in_ = UniqueFd(ends[1]);
}

// A full pipe already says what there is to say.
void WakePipe::signal() const noexcept {
  [[maybe_unused]] const auto ignored = ::write(in_.get(), "", 1);
}

void WakePipe::drain() const noexcept {
  std::array<char, 64> bytes;
  while (::read(out_.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) {
  }
}

void WakePipe::wait(std::chrono::milliseconds longest) const noexcept {
  pollfd end{out_.get(), POLLIN, 0};
  if (::poll(&end, 1, static_cast<int>(longest.count())) > 0) drain();
}

}  // namespace lodge::client
