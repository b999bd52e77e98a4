#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace lodge::test {

/// What a forked client says with: a line to the test, at once.
using Say = std::function<void(const std::string& line)>;

/// A process of its own, forked and not started anew, so that a round costs milliseconds. Fork
/// while no client is open in the test itself. Ends with the test.
class ForkedClient {
 public:
  enum class Descriptors {
    closed,    ///< of the test's sockets none stays open in the child
    inherited  ///< as after any fork
  };

  /// `body` runs in the child, which ends when it returns.
  explicit ForkedClient(const std::function<void(const Say&)>& body,
                        Descriptors descriptors = Descriptors::closed);
  ~ForkedClient();
  ForkedClient(ForkedClient&& other) noexcept;
  ForkedClient& operator=(ForkedClient&& other) noexcept;

  void kill();  ///< SIGKILL; returns when it is gone. What it said before can still be read
  void stop() const;
  void go_on() const;
  /// Waits for its own end; the exit code, -1 after a signal.
  int wait();
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Whole lines that came since the last call; waits up to `patience` for the first of them.
  std::vector<std::string> lines(std::chrono::milliseconds patience);
  /// Waits (20 s at most, not beyond its end) for this line; those before it are dropped. If it
  /// does not come, what came instead is printed.
  bool says(const std::string& line);

  [[nodiscard]] int descriptor() const { return pipe_; }

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string text_{};
  std::deque<std::string> unread_{};  ///< whole lines that says() has not come to
  bool ended_ = false;                ///< all that it said was read
};

}  // namespace lodge::test
