#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "support/socket.hpp"

namespace lodge::test {

/// A program that runs beside the test and ends with it, together with what it started itself. Its
/// standard output and error are read here.
class ChildProcess {
 public:
  /// `arguments[0]` is looked up in PATH; `environment` ("NAME=value") is added to ours. A program
  /// that cannot be started ends at once, with exit code 127.
  explicit ChildProcess(const std::vector<std::string>& arguments,
                        const std::vector<std::string>& environment = {},
                        const std::string& directory = ".");
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Reads on until the output holds `text`; false when it ended or 10 s passed before that.
  bool wait_for_output(std::string_view text);
  /// Waits for the end (60 s at most, then it is killed) and returns the exit code; -1 after a
  /// signal.
  int wait();
  /// What it said so far.
  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  bool read_output(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = -1;
  Socket pipe_;
  std::string output_;
};

/// Whether a program of that name is in PATH.
bool is_installed(const std::string& program);

}  // namespace lodge::test
