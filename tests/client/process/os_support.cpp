#include "os_support.hpp"

#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include <array>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>

#include "client/process/unique_fd.hpp"

namespace lodge::test {

using client::UniqueFd;

namespace {

void say(int fd, const std::string& text) {
  [[maybe_unused]] const auto ignored = ::write(fd, text.c_str(), text.size() + 1);
}

// Until the end or a zero byte: a grandchild may keep the pipe open.
std::string read_to_end(int fd) {
  std::string text;
  std::array<char, 512> part{};
  for (auto size = ::read(fd, part.data(), part.size()); size > 0;
       size = ::read(fd, part.data(), part.size())) {
    text.append(part.data(), static_cast<std::size_t>(size));
    if (const auto end = text.find('\0'); end != std::string::npos) return text.substr(0, end);
  }
  return text;
}

// Forks; the child runs `body` with the writing end and never returns.
pid_t start(UniqueFd& reading, const std::function<void(int)>& body) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork");
  if (pid == 0) {
    ::close(ends[0]);
    body(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  reading = UniqueFd(ends[0]);
  return pid;
}

}  // namespace

OsFolder::OsFolder() {
  auto name = (std::filesystem::temp_directory_path() / "lodge-os-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

OsFolder::~OsFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void CallCount::add() {
  const std::lock_guard lock(mutex_);
  ++count_;
  changed_.notify_all();
}

int CallCount::now() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

bool CallCount::reaches(int count, std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return count_ >= count; });
}

Child::Child(const std::function<void()>& body) {
  UniqueFd reading;
  pid_ = start(reading, [&](int fd) {
    try {
      body();
      say(fd, "ready");
    } catch (const std::exception& error) {
      say(fd, error.what());
    }
    ::close(fd);
    while (true) ::pause();
  });
  const auto said = read_to_end(reading.get());
  if (said == "ready") return;
  kill();
  throw std::runtime_error("the child failed: " + said);
}

Child::~Child() { kill(); }

void Child::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Child::stop() const {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);
}

std::string complaint_of_child(const std::function<std::string()>& body) {
  UniqueFd reading;
  const pid_t pid = start(reading, [&](int fd) {
    try {
      say(fd, body());
    } catch (const std::exception& error) {
      say(fd, std::string("thrown: ") + error.what());
    }
  });
  auto said = read_to_end(reading.get());
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) said += " (the child ended with " + std::to_string(status) + ")";
  return said;
}

bool enter_network_namespace() {
#ifdef __linux__
  return ::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
#else
  return false;
#endif
}

bool set_loopback(bool up) {
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  if (::ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) return false;
  const int flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
  request.ifr_flags = static_cast<short>(flags);
  return ::ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0;
}

bool succeeds(const char* command) { return std::system(command) == 0; }

long switches_of_threads(const std::string& name) {
  long sum = -1;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string comm;
    std::ifstream(task.path() / "comm") >> comm;
    if (comm != name) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      long count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) sum = std::max(sum, 0L) + count;
    }
  }
  return sum;
}

void stay_idle_for(std::chrono::milliseconds time) {
  ::poll(nullptr, 0, static_cast<int>(time.count()));
}

}  // namespace lodge::test
