#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace lodge::demo {

/// A process of this very program, of which the standard output is read. Killed when destroyed.
class Child {
 public:
  /// Runs this program again. Throws std::runtime_error when the system does not start it.
  explicit Child(const std::vector<std::string>& arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  /// The complete lines that came since the last call. Never waits.
  std::vector<std::string> new_lines();
  /// Whether its output has ended, which is when it has, too.
  [[nodiscard]] bool ended() const { return ended_; }

  /// SIGKILL; returns when it is dead, with the lines that it had written by then.
  std::vector<std::string> kill();
  /// The exit status, once it ended; -1 when a signal ended it.
  int wait();

 private:
  void reap();

  pid_t pid_ = -1;
  int output_ = -1;
  int status_ = -1;
  bool ended_ = false;
  std::string rest_;
};

}  // namespace lodge::demo
