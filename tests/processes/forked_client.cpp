#include "processes/forked_client.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

namespace lodge::test {
namespace {

// In the child the test's sockets would keep connections open that the test has closed.
void keep_only(int descriptor) {
  const int limit = static_cast<int>(sysconf(_SC_OPEN_MAX));
  for (int other = 3; other < std::min(limit, 1024); ++other) {
    if (other != descriptor) ::close(other);
  }
}

[[noreturn]] void run(int pipe, const std::function<void(const Say&)>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Say say = [pipe](const std::string& line) {
    const std::string text = line + "\n";
    if (::write(pipe, text.data(), text.size()) < 0) _exit(3);
  };
  try {
    body(say);
  } catch (const std::exception& error) {
    say(std::string("thrown ") + error.what());
    _exit(2);
  }
  _exit(0);
}

}  // namespace

ForkedClient::ForkedClient(const std::function<void(const Say&)>& body, Descriptors descriptors) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no process");
  if (pid_ == 0) {
    if (descriptors == Descriptors::closed) keep_only(ends[1]);
    run(ends[1], body);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

ForkedClient::~ForkedClient() {
  kill();
  if (pipe_ >= 0) ::close(pipe_);
}

ForkedClient::ForkedClient(ForkedClient&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pipe_(std::exchange(other.pipe_, -1)),
      text_(std::move(other.text_)),
      unread_(std::move(other.unread_)),
      ended_(other.ended_) {}

ForkedClient& ForkedClient::operator=(ForkedClient&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pipe_, other.pipe_);
  std::swap(text_, other.text_);
  std::swap(unread_, other.unread_);
  std::swap(ended_, other.ended_);
  return *this;
}

void ForkedClient::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void ForkedClient::stop() const {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

void ForkedClient::go_on() const { ::kill(pid_, SIGCONT); }

int ForkedClient::wait() {
  int status = -1;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::vector<std::string> ForkedClient::lines(std::chrono::milliseconds patience) {
  std::vector<std::string> found(unread_.begin(), unread_.end());
  unread_.clear();
  pollfd watched{pipe_, POLLIN, 0};
  std::array<char, 4096> buffer;
  while (::poll(&watched, 1, found.empty() ? static_cast<int>(patience.count()) : 0) > 0) {
    const ssize_t count = ::read(pipe_, buffer.data(), buffer.size());
    ended_ = count <= 0;
    if (ended_) break;
    text_.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      found.push_back(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
  }
  return found;
}

bool ForkedClient::says(const std::string& line) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::string instead;
  do {
    const auto said = lines(std::chrono::milliseconds(100));
    const auto found = std::ranges::find(said, line);
    if (found != said.end()) {
      unread_.assign(found + 1, said.end());
      return true;
    }
    for (const std::string& other : said) instead += " \"" + other + "\"";
  } while (!ended_ && std::chrono::steady_clock::now() < deadline);
  std::fprintf(stderr, "process %d did not say \"%s\", but:%s\n", static_cast<int>(pid_),
               line.c_str(), instead.empty() ? " nothing" : instead.c_str());
  return false;
}

}  // namespace lodge::test
