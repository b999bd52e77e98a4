#pragma once

#include <signal.h>
#include <sys/types.h>

#include <string>

#include "support/child_process.hpp"

namespace lodge::test {

/// Another program with a client on the same store: this very test program, started again with the
/// hidden test case of client_child.cpp. Ends with the test.
class ClientChild {
 public:
  /// What it does once its store is open.
  enum class Part {
    deliver,  ///< delivers until it is killed
    write,    ///< files `forms` forms, says "filed KEY" after each, then "done", and stays
    idle,     ///< forks a child that stays, and stays
  };

  ClientChild(Part part, const std::string& store, const std::string& endpoint,
              const std::string& name, int forms = 0);

  /// Waits until its store is open. False when it ended instead.
  bool wait_until_open();
  bool wait_for(const std::string& line) { return process_.wait_for_output(line + "\n"); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  void kill();  ///< SIGKILL; returns when it is gone
  void stop() const { ::kill(pid_, SIGSTOP); }
  void go_on() const { ::kill(pid_, SIGCONT); }
  /// How many forms it said to have filed, so far.
  [[nodiscard]] int filed() const;

 private:
  ChildProcess process_;
  pid_t pid_ = 0;
};

}  // namespace lodge::test
