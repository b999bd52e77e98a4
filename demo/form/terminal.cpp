#include "demo/form/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>

namespace lodge::demo {
namespace {

constexpr std::string_view enter_screen = "\x1b[?1049h";
constexpr std::string_view leave_screen = "\x1b[?1049l\x1b[?25h";

// What signal handlers need.
termios before{};
volatile sig_atomic_t is_raw = 0;
volatile sig_atomic_t end_signal = 0;
int bell[2] = {-1, -1};

// Only calls that signal-safety(7) allows.
void restore() noexcept {
  if (is_raw == 0) return;
  is_raw = 0;
  static_cast<void>(!::write(STDOUT_FILENO, leave_screen.data(), leave_screen.size()));
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void on_end(int number) {
  end_signal = number;
  Terminal::wake();
}

void on_change(int) { Terminal::wake(); }

// SA_RESETHAND: the signal does its work the second time.
void on_crash(int number) {
  restore();
  ::raise(number);
}

void handle(int number, void (*handler)(int), int flags = 0) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(number, &action, nullptr);
}

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) handle(number, on_end);
  handle(SIGWINCH, on_change);
  for (const int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) {
    handle(number, on_crash, static_cast<int>(SA_RESETHAND));
  }
}

void make_raw() {
  termios raw = before;
  raw.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
  raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  if (::tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0) {
    throw std::runtime_error("the terminal cannot be set up");
  }
  is_raw = 1;
}

}  // namespace

Terminal::Terminal() {
  if (::tcgetattr(STDIN_FILENO, &before) != 0) {
    throw std::runtime_error("standard input is no terminal");
  }
  if (::pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
  catch_signals();
  make_raw();
  write(std::string(enter_screen));
}

Terminal::~Terminal() {
  restore();
  // The bell stays: a handler, or the client's thread, may ring it to the end.
}

void Terminal::wake() noexcept {
  const int error = errno;
  if (bell[1] >= 0) static_cast<void>(!::write(bell[1], "", 1));
  errno = error;
}

std::string Terminal::read(std::chrono::milliseconds patience) {
  std::array<pollfd, 2> watched{{{STDIN_FILENO, POLLIN, 0}, {bell[0], POLLIN, 0}}};
  if (::poll(watched.data(), watched.size(), static_cast<int>(patience.count())) <= 0) return {};
  std::array<char, 256> buffer;
  if (watched[1].revents != 0) {
    while (::read(bell[0], buffer.data(), buffer.size()) > 0) {
    }
  }
  if (watched[0].revents == 0) return {};
  const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) input_ended_ = true;
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

std::optional<int> Terminal::ended() const {
  if (end_signal != 0) return end_signal;
  if (input_ended_) return SIGHUP;
  return std::nullopt;
}

int Terminal::width() const {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void Terminal::write(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (count < 0 && errno != EINTR) return;
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace lodge::demo
