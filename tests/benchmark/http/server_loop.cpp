#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "benchmark/http/counting_server.hpp"
#include "benchmark/measure/turns.hpp"

namespace lodge::benchmark {
namespace {

struct Connection {
  std::string in{};
  bool told_to_go_on = false;
};

struct Answer {
  double due = 0;
  int file = -1;
  std::string text{};
};

std::string_view field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    at += 2;
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0)
      return line.substr(line.find_first_not_of(' ', name.size() + 1));
    at = end < head.size() ? end : std::string_view::npos;
  }
  return {};
}

class Loop {
 public:
  Loop(int delay_ms, Manner manner) : delay_(delay_ms / 1e3), manner_(manner) {}

  int listen_on(const std::string& address) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    socklen_t size = sizeof name;
    auto* generic = reinterpret_cast<sockaddr*>(&name);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 512) != 0) return 0;
    getsockname(listener_, generic, &size);
    watch(listener_);
    return ntohs(name.sin_port);
  }

  void run() {
    for (;;) {
      epoll_event events[64];
      const int count = epoll_wait(epoll_, events, 64, patience());
      for (int i = 0; i < count; ++i) {
        if (events[i].data.fd == listener_) {
          take_connection();
        } else {
          read_from(events[i].data.fd);
        }
      }
      send_due();
    }
  }

 private:
  void watch(int file) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = file;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, file, &event);
  }

  [[nodiscard]] int patience() const {
    if (answers_.empty()) return -1;
    return std::max(0, static_cast<int>((answers_.front().due - seconds_now()) * 1e3 + 0.99));
  }

  void take_connection() {
    const int file = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (file < 0) return;
    const int on = 1;
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[file] = {};
    ++seen_.connections;
    watch(file);
  }

  void read_from(int file) {
    static char bytes[1 << 18];
    const ssize_t got = read(file, bytes, sizeof bytes);
    if (got <= 0) {
      close(file);
      connections_.erase(file);
      return;
    }
    Connection& connection = connections_[file];
    connection.in.append(bytes, static_cast<std::size_t>(got));
    while (manner_ != Manner::silent && take_request(file, connection)) {
    }
  }

  bool take_request(int file, Connection& connection) {
    const std::size_t end = connection.in.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string_view head = std::string_view(connection.in).substr(0, end);
    const std::string length(field(head, "Content-Length"));
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    if (connection.in.size() < end + 4 + size) {
      if (!connection.told_to_go_on && !field(head, "Expect").empty()) {
        connection.told_to_go_on = true;
        send(file, "HTTP/1.1 100 Continue\r\n\r\n");
      }
      return false;
    }
    answer(file, head, std::string_view(connection.in).substr(end + 4, size));
    connection.in.erase(0, end + 4 + size);
    connection.told_to_go_on = false;
    return true;
  }

  void answer(int file, std::string_view head, std::string_view body) {
    if (head.starts_with("GET /seen")) {
      char text[128];
      const int size = std::snprintf(text, sizeof text, "%ld %ld %ld %ld", seen_.requests,
                                     seen_.connections - 1, seen_.doubled, seen_.out_of_order);
      seen_ = {};
      send(file, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
                     "\r\n\r\n" + text);
      return;
    }
    ++seen_.requests;
    note_order(head, body);
    const std::size_t from = head.find(' ') + 1;
    const std::string path(head.substr(from, head.find(' ', from) - from));
    if (manner_ == Manner::keeps && head.starts_with("GET ")) return show(file, path);
    if (manner_ == Manner::keeps) forms_[path] = {version_ + 1, std::string(body)};
    std::string text = "HTTP/1.1 201 Created\r\nETag: \"" + std::to_string(++version_) +
                       "\"\r\nContent-Length: 0\r\n\r\n";
    if (delay_ == 0) return send(file, text);
    answers_.push_back({seconds_now() + delay_, file, std::move(text)});
  }

  void show(int file, const std::string& path) {
    const auto found = forms_.find(path);
    if (found == forms_.end())
      return send(file, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    const auto& [version, form] = found->second;
    send(file, "HTTP/1.1 200 OK\r\nETag: \"" + std::to_string(version) +
                   "\"\r\nContent-Type: application/json\r\nContent-Length: " +
                   std::to_string(form.size()) + "\r\n\r\n" + form);
  }

  void note_order(std::string_view head, std::string_view body) {
    const std::string key(field(head, "Idempotency-Key"));
    if (!key.empty() && ++keys_[key] > 1) ++seen_.doubled;
    const std::size_t at = body.find("\"sequence\":");
    if (at == std::string_view::npos) return;
    const long number = std::strtol(body.data() + at + 11, nullptr, 10);
    const std::size_t from = head.find(' ') + 1;
    long& last = last_[std::string(head.substr(from, head.find(' ', from) - from))];
    if (number < last) ++seen_.out_of_order;
    last = number;
  }

  void send_due() {
    while (!answers_.empty() && answers_.front().due <= seconds_now()) {
      if (connections_.contains(answers_.front().file))
        send(answers_.front().file, answers_.front().text);
      answers_.pop_front();
    }
  }

  static void send(int file, const std::string& text) {
    if (::send(file, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
  }

  const double delay_;
  const Manner manner_;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int listener_ = -1;
  long version_ = 0;
  Seen seen_{};
  std::unordered_map<int, Connection> connections_{};
  std::unordered_map<std::string, std::pair<long, std::string>> forms_{};
  std::unordered_map<std::string, int> keys_{};
  std::unordered_map<std::string, long> last_{};
  std::deque<Answer> answers_{};
};

}  // namespace

int run_counting_server(int delay_ms, Manner manner, const std::string& address) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Loop loop(delay_ms, manner);
  std::printf("%d\n", loop.listen_on(address));
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace lodge::benchmark
