#include "support/fault_connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace lodge::test {

// True when one of `events` is there; false on time-out (errno is ETIMEDOUT) and on stop.
bool FaultConnection::wait_for(short events, int timeout_ms) {
  std::array<pollfd, 2> watched = {pollfd{socket_.descriptor(), events, 0},
                                   pollfd{stop_.descriptor(), POLLIN, 0}};
  const int ready = poll(watched.data(), watched.size(), timeout_ms);
  if (ready == 0) errno = ETIMEDOUT;
  return ready > 0 && watched[1].revents == 0;
}

bool FaultConnection::read_more() {
  if (!wait_for(POLLIN, -1)) return false;
  std::array<char, 16384> buffer;
  const ssize_t count = recv(socket_.descriptor(), buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  unread_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> FaultConnection::read_head() {
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  std::string head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  return head;
}

std::string FaultConnection::read_body(std::size_t size) {
  while (unread_.size() < size && read_more()) {
  }
  std::string body = unread_.substr(0, size);
  unread_.erase(0, size);
  return body;
}

bool FaultConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT, -1)) return false;
    const ssize_t count =
        ::send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool FaultConnection::play(const Script& script) {
  for (const Step& step : script) {
    if (!std::visit([this](const auto& each) { return play(each); }, step)) return false;
  }
  return true;
}

bool FaultConnection::play(const Send& step) { return send(step.bytes); }

bool FaultConnection::play(const Drip& step) {
  for (const char& byte : step.bytes) {
    const bool early = wait_for(POLLRDHUP, static_cast<int>(step.pause.count()));
    if (early || errno != ETIMEDOUT || !send({&byte, 1})) return false;
  }
  return true;
}

bool FaultConnection::play(const Flood& step) {
  while (send(step.bytes)) {
  }
  return false;
}

bool FaultConnection::play(const Hang&) {
  wait_for(POLLRDHUP, -1);
  return false;
}

bool FaultConnection::play(const HoldUntil& step) {
  constexpr int glance_ms = 5;
  while (step.ready.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    errno = 0;
    if (wait_for(POLLRDHUP, glance_ms) || errno != ETIMEDOUT) return false;
  }
  return true;
}

bool FaultConnection::play(const AwaitBytes&) { return wait_for(POLLIN, -1); }

bool FaultConnection::play(const Close&) { return false; }

bool FaultConnection::play(const Reset&) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  return false;
}

}  // namespace lodge::test
