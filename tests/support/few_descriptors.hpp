#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace lodge::test {

/// While it lives, this process can open that many descriptors more. For a forked child: the others
/// of a test would want some, too.
class FewDescriptors {
 public:
  explicit FewDescriptors(std::size_t free) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = most_open;
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = open_one(); fd >= 0; fd = open_one()) hoard_.push_back(fd);
    for (; free > 0 && !hoard_.empty(); --free) {
      ::close(hoard_.back());
      hoard_.pop_back();
    }
  }
  ~FewDescriptors() {
    for (const int fd : hoard_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  static constexpr rlim_t most_open = 150;
  static int open_one() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

  rlimit before_{};
  std::vector<int> hoard_{};
};

}  // namespace lodge::test
