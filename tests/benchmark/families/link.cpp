#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>

#include "benchmark/families/families.hpp"
#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/process_counts.hpp"
#include "benchmark/measure/turns.hpp"
#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {
namespace {

constexpr int repetitions = 100;

void shell(const std::string& command) {
  if (std::system((command + " 2>/dev/null").c_str()) != 0) throw std::runtime_error(command);
}

/// The other end of the cable: a server in a network of its own.
class FarEnd {
 public:
  FarEnd() {
    int ready[2];
    int go[2];
    int said[2];
    if (pipe(ready) != 0 || pipe(go) != 0 || pipe(said) != 0) throw std::runtime_error("no pipe");
    process_ = fork();
    if (process_ == 0) {
      char byte = 0;
      if (unshare(CLONE_NEWNET) != 0 || write(ready[1], "r", 1) != 1 || read(go[0], &byte, 1) != 1)
        _exit(1);
      shell("ip link set lo up && ip addr add 10.77.0.2/24 dev far && ip link set far up");
      dup2(said[1], STDOUT_FILENO);
      execl("/proc/self/exe", "lodge_benchmark", "--server", "0", "keeps", "10.77.0.2", nullptr);
      _exit(127);
    }
    char byte = 0;
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) throw std::runtime_error("no network of its own to be had");
    shell("ip link set lo up && ip link add near type veth peer name far index 77 netns " +
          std::to_string(process_) +
          " && ip addr add 10.77.0.1/24 dev near && ip link set near up");
    if (write(go[1], "g", 1) != 1) throw std::runtime_error("the far end is gone");
    FILE* file = fdopen(said[0], "r");
    if (fscanf(file, "%d", &port_) != 1 || port_ == 0) throw std::runtime_error("no far server");
    fclose(file);
  }
  ~FarEnd() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;
  [[nodiscard]] std::string url() const { return "http://10.77.0.2:" + std::to_string(port_); }

 private:
  pid_t process_ = -1;
  int port_ = 0;
};

void set_link(bool up) {
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strncpy(request.ifr_name, "near", IFNAMSIZ - 1);
  ioctl(file, SIOCGIFFLAGS, &request);
  const auto flags = static_cast<unsigned>(request.ifr_flags);
  request.ifr_flags =
      static_cast<short>(up ? flags | IFF_UP : flags & ~static_cast<unsigned>(IFF_UP));
  ioctl(file, SIOCSIFFLAGS, &request);
  close(file);
}

/// When the server's answer to a form came.
class Answers {
 public:
  void hear(const LogLine& line) {
    if (line.event != "delivery.attempt" || line.words.find("send: 201") != 0) return;
    const std::lock_guard lock(mutex_);
    at_ = seconds_now();
    changed_.notify_all();
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    at_ = 0;
  }
  double wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return at_ > 0; });
    return at_ > 0 ? at_ : seconds_now();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  double at_ = 0;
};

std::map<std::string, double> reconnect(std::size_t bytes) {
  if (unshare(CLONE_NEWNET) != 0) throw std::runtime_error("no network of its own to be had");
  FarEnd far;
  const DiskFolder folder;
  Answers answers;
  Options options = offline_options(folder / "lodge");
  options.endpoint = far.url() + "/v1";
  options.allow_plain_http = true;
  options.log = [&](const LogLine& line) { answers.hear(line); };
  Client client(options);
  std::vector<double> times;
  double over = 0;
  for (int i = 0; i < repetitions; ++i) {
    set_link(false);
    for (int k = 0; k < 100 && client.status().path != Path::offline; ++k) let_pass(20);
    client.submit(new_drafts(client, 1, bytes, i).front());
    let_pass(20);
    answers.forget();
    const double begun = seconds_now();
    set_link(true);
    times.push_back((answers.wait() - begun) * 1e3);
    over += times.back() > 100 ? 1 : 0;
    // Over plain HTTP a 201 is no proof; the check that follows is not part of the figure.
    client.drain(std::chrono::seconds(10));
  }
  return {{"middle", median(times)},
          {"low", quantile(times, 0.25)},
          {"high", quantile(times, 0.75)},
          {"slowest", quantile(times, 1)},
          {"over", over}};
}

}  // namespace

void measure_link(Report& report, const Settings& settings) {
  auto found = in_child([&] { return reconnect(settings.bytes); });
  if (!found.contains("middle")) {
    report.say("needs a network of its own (root); not measured");
    return;
  }
  report.add({.goal_name = "I2",
              .what = "link up to answered request, p50",
              .value = found["middle"],
              .unit = "ms",
              .spread = Spread{found["middle"], found["low"], found["high"]},
              .goal = at_most(10)});
  report.add(
      {.what = "link up to answered request, slowest", .value = found["slowest"], .unit = "ms"});
  report.add({.goal_name = "I2",
              .what = "of 100, over 100 ms",
              .value = found["over"],
              .goal = at_most(0)});
}

}  // namespace lodge::benchmark
