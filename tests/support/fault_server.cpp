#include "support/fault_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "support/fault_connection.hpp"

namespace lodge::test {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr int backlog = 128;

// Up to `end`, which is taken away too.
std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + end.size(), text.size()));
  return taken;
}

SeenRequest parse(int connection, std::string head) {
  SeenRequest request;
  request.connection = connection;
  std::string_view rest = head;
  request.method = take_until(rest, " ");
  request.target = take_until(rest, " ");
  take_until(rest, "\r\n");
  while (!rest.empty() && !rest.starts_with("\r\n")) {
    std::string_view line = take_until(rest, "\r\n");
    const std::string_view name = take_until(line, ":");
    if (line.starts_with(' ')) line.remove_prefix(1);
    request.headers.push_back({std::string(name), std::string(line)});
  }
  request.head = std::move(head);
  return request;
}

std::size_t content_length(const SeenRequest& request) {
  const std::string_view text = header(request.headers, "Content-Length").value_or("0");
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

template <typename Handler, typename Argument>
Script ask(const Handler& handler, const Argument& argument) {
  return handler ? handler(argument) : Script{};
}

}  // namespace

FaultServer::FaultServer(FaultHandlers handlers, Family family)
    : handlers_(std::move(handlers)), family_(family), stop_(eventfd(0, EFD_CLOEXEC)) {
  std::tie(listener_, port_) = listen_on_loopback(family == Family::ipv6, backlog);
  accepting_ = std::thread([this] { accept_all(); });
}

FaultServer::FaultServer(std::function<Script(const SeenRequest&)> on_request, Family family)
    : FaultServer(FaultHandlers{.on_request = std::move(on_request)}, family) {}

FaultServer::~FaultServer() {
  const std::uint64_t one = 1;
  static_cast<void>(!write(stop_.descriptor(), &one, sizeof one));
  accepting_.join();
  for (std::thread& each : serving_) each.join();
}

std::string FaultServer::url(const std::string& path) const {
  const std::string host = family_ == Family::ipv6 ? "[::1]" : "127.0.0.1";
  return "http://" + host + ":" + std::to_string(port_) + path;
}

void FaultServer::accept_all() {
  while (true) {
    std::array<pollfd, 2> watched = {pollfd{listener_.descriptor(), POLLIN, 0},
                                     pollfd{stop_.descriptor(), POLLIN, 0}};
    poll(watched.data(), watched.size(), -1);
    if (watched[1].revents != 0) return;
    Socket socket(accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.descriptor() < 0) continue;
    const std::scoped_lock lock(mutex_);
    ++connections_;
    ++open_;
    changed_.notify_all();
    serving_.emplace_back([this, connection = connections_, own = std::move(socket)]() mutable {
      serve(connection, std::move(own));
    });
  }
}

void FaultServer::serve(int connection, Socket socket) {
  converse(connection, socket);
  socket.close();
  const std::scoped_lock lock(mutex_);
  --open_;
  changed_.notify_all();
}

void FaultServer::converse(int connection, const Socket& socket) {
  FaultConnection wire(socket, stop_);
  if (!wire.play(ask(handlers_.on_connect, connection))) return;
  while (auto head = wire.read_head()) {
    SeenRequest request = parse(connection, std::move(*head));
    if (const Script early = ask(handlers_.on_head, request); !early.empty()) {
      request.complete = content_length(request) == 0;
      record(request);
      if (!wire.play(early)) return;
      continue;
    }
    if (handlers_.answer_expect && header(request.headers, "Expect")) {
      wire.send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    request.body = wire.read_body(content_length(request));
    request.complete = request.body.size() == content_length(request);
    record(request);
    if (!request.complete || !wire.play(ask(handlers_.on_request, request))) return;
  }
}

void FaultServer::record(const SeenRequest& request) {
  const std::scoped_lock lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
}

std::vector<SeenRequest> FaultServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

int FaultServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

int FaultServer::open_connections() const {
  const std::scoped_lock lock(mutex_);
  return open_;
}

bool FaultServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return requests_.size() >= count; });
}

bool FaultServer::wait_for_connections(int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return connections_ >= count; });
}

bool FaultServer::wait_for_open_connections(int count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return open_ <= count; });
}

}  // namespace lodge::test
