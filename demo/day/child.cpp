#include "demo/day/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace lodge::demo {
namespace {

constexpr const char* this_program = "/proc/self/exe";

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> whole_lines(std::string& text) {
  std::vector<std::string> lines;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.erase(0, end + 1);
  }
  return lines;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe for the child");
  output_ = ends[0];
  std::vector<std::string> words{"lodge-demo"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto argv = pointers(words);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const int failure = ::posix_spawn(&pid_, this_program, &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  if (failure == 0) return;
  ::close(output_);
  throw std::runtime_error("the child process cannot be started");
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  ::close(output_);
}

std::vector<std::string> Child::new_lines() {
  std::array<char, 4096> buffer;
  while (!ended_) {
    const ssize_t count = ::read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    if (count == 0) ended_ = true;
    rest_.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return whole_lines(rest_);
}

std::vector<std::string> Child::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  reap();
  return new_lines();
}

int Child::wait() {
  reap();
  return status_;
}

void Child::reap() {
  if (pid_ <= 0) return;
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  pid_ = -1;
}

}  // namespace lodge::demo
