#include "benchmark/http/counting_server.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>

#include "benchmark/http/loopback.hpp"

namespace lodge::benchmark {

CountingServer::CountingServer(int delay_ms, Manner manner) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) throw std::runtime_error("no pipe");
  const std::string delay = std::to_string(delay_ms);
  const char* const word = manner == Manner::silent  ? "silent"
                           : manner == Manner::keeps ? "keeps"
                                                     : "answers";
  process_ = fork();
  if (process_ == 0) {
    dup2(pipe_ends[1], STDOUT_FILENO);
    close(pipe_ends[0]);
    execl("/proc/self/exe", "lodge_benchmark", "--server", delay.c_str(), word, nullptr);
    _exit(127);
  }
  close(pipe_ends[1]);
  FILE* said = fdopen(pipe_ends[0], "r");
  const bool told = fscanf(said, "%d", &port_) == 1 && port_ != 0;
  fclose(said);
  if (!told) throw std::runtime_error("the server did not start");
}

Manner manner_of(const std::string& word) {
  if (word == "silent") return Manner::silent;
  return word == "keeps" ? Manner::keeps : Manner::answers;
}

CountingServer::~CountingServer() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

Seen CountingServer::take_seen() {
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in name = loopback(port_);
  std::string text;
  const std::string ask = "GET /seen HTTP/1.1\r\n\r\n";
  if (connect(file, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 &&
      write(file, ask.data(), ask.size()) > 0) {
    char bytes[512];
    const ssize_t got = read(file, bytes, sizeof bytes);
    text.assign(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  close(file);
  Seen seen;
  const std::size_t body = text.find("\r\n\r\n");
  if (body == std::string::npos ||
      std::sscanf(text.c_str() + body, "%ld %ld %ld %ld", &seen.requests, &seen.connections,
                  &seen.doubled, &seen.out_of_order) != 4)
    throw std::runtime_error("the server does not say what it saw");
  return seen;
}

}  // namespace lodge::benchmark
