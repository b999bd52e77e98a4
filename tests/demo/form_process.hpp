#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/child_process.hpp"
#include "support/socket.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::demo {

inline void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

inline std::vector<std::string> form_command(const std::string& store, const std::string& rest) {
  return {"sh", "-c", "exec \"$0\" --store \"$1\" " + rest, LODGE_FORM_PROGRAM, store};
}

/// lodge-form that reads lines from a pipe. Killed (SIGKILL) when destroyed.
class LineForm {
 public:
  LineForm(const test::TemporaryFolder& folder, const std::string& more = {})
      : input_(open_pipe(folder / "input")),
        process_(form_command(folder / "store.lodge", more + " < " + (folder / "input"))) {}

  void type(const std::string& line) { write_all(input_.descriptor(), line + "\n"); }
  bool answers(std::string_view words) { return process_.wait_for_output(words); }
  [[nodiscard]] const std::string& output() const { return process_.output(); }
  int end() {
    input_.close();
    return process_.wait();
  }

 private:
  // Both ways, so that opening waits for nobody.
  static test::Socket open_pipe(const std::string& path) {
    ::unlink(path.c_str());
    if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("no pipe");
    return test::Socket(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  }

  test::Socket input_;
  test::ChildProcess process_;
};

/// lodge-form at a pseudo-terminal. Killed (SIGKILL) when destroyed.
class TerminalForm {
 public:
  explicit TerminalForm(const test::TemporaryFolder& folder)
      : keyboard_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)),
        terminal_(open_terminal(keyboard_.descriptor())),
        before_(settings()),
        process_({"sh", "-c", "echo \"pid $$.\"; exec \"$0\" --store \"$1\" < \"$2\" > \"$2\"",
                  LODGE_FORM_PROGRAM, folder / "store.lodge", name()}) {}

  void press(std::string_view bytes) { write_all(keyboard_.descriptor(), bytes); }

  /// Reads the screen until it showed `words`; false when that does not happen.
  bool shows(std::string_view words) {
    std::array<char, 1024> buffer;
    while (screen_.find(words) == std::string::npos) {
      const ssize_t count = ::read(keyboard_.descriptor(), buffer.data(), buffer.size());
      if (count <= 0) return false;
      screen_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return true;
  }

  pid_t pid() {
    if (!process_.wait_for_output(".\n")) throw std::runtime_error("the form did not start");
    return std::stoi(process_.output().substr(4));
  }

  int wait() { return process_.wait(); }

  /// Whether the terminal's settings are those it began with.
  [[nodiscard]] bool is_restored() const {
    const termios now = settings();
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag &&
           now.c_oflag == before_.c_oflag;
  }

 private:
  static test::Socket open_terminal(int keyboard) {
    if (::grantpt(keyboard) != 0 || ::unlockpt(keyboard) != 0) {
      throw std::runtime_error("no pseudo-terminal");
    }
    return test::Socket(::open(::ptsname(keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }
  [[nodiscard]] std::string name() const { return ::ptsname(keyboard_.descriptor()); }
  [[nodiscard]] termios settings() const {
    termios settings{};
    ::tcgetattr(terminal_.descriptor(), &settings);
    return settings;
  }

  test::Socket keyboard_;
  test::Socket terminal_;  // kept open: its settings are looked at after the form ended
  termios before_;
  test::ChildProcess process_;
  std::string screen_;
};

}  // namespace lodge::demo
