#include "benchmark/http/tls_proxy.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "benchmark/http/loopback.hpp"
#include "benchmark/measure/turns.hpp"

namespace lodge::benchmark {
namespace {

void make_certificate(const DiskFolder& folder) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      " -subj /CN=lodge-benchmark -addext subjectAltName=DNS:localhost -keyout " +
      folder / "key.pem" + " -out " + folder / "certificate.pem" + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

void write_configuration(const DiskFolder& folder, int port, int port_behind, bool http2) {
  const std::string place = folder / "";
  std::ofstream(folder / "nginx.conf")
      << "daemon off; worker_processes 1; pid " << place << "pid; error_log " << place
      << "errors;\n"
      << "events { worker_connections 256; }\n"
      << "http { access_log off; keepalive_requests 10000000;\n"
      << "client_body_temp_path " << place << "bodies; proxy_temp_path " << place << "proxy;\n"
      << "fastcgi_temp_path " << place << "f; uwsgi_temp_path " << place << "u;\n"
      << "scgi_temp_path " << place << "s; client_body_buffer_size 2m; client_max_body_size 8m;\n"
      << "upstream behind { server 127.0.0.1:" << port_behind
      << "; keepalive 64; keepalive_requests 10000000; }\n"
      << "server { listen 127.0.0.1:" << port << " ssl" << (http2 ? " http2" : "") << ";\n"
      << "ssl_certificate " << place << "certificate.pem; ssl_certificate_key " << place
      << "key.pem; ssl_protocols TLSv1.3;\n"
      << "location / { proxy_pass http://behind; proxy_http_version 1.1;"
      << " proxy_set_header Connection \"\"; } } }\n";
}

bool answers(int port) {
  const int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in name = loopback(port);
  const bool reached = connect(file, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  close(file);
  return reached;
}

}  // namespace

bool TlsProxy::is_installed() {
  return std::system(
             "PATH=$PATH:/usr/sbin nginx -v >/dev/null 2>&1 && openssl version >/dev/null 2>&1") ==
         0;
}

TlsProxy::TlsProxy(int port_behind, bool http2) : port_(free_port()) {
  make_certificate(folder_);
  write_configuration(folder_, port_, port_behind, http2);
  process_ = fork();
  if (process_ == 0) {
    const std::string place = folder_ / "";
    const std::string file = folder_ / "nginx.conf";
    const std::string errors = folder_ / "errors";
    for (const char* program : {"nginx", "/usr/sbin/nginx"})
      execlp(program, "nginx", "-p", place.c_str(), "-c", file.c_str(), "-e", errors.c_str(),
             nullptr);
    _exit(127);
  }
  for (int tries = 0; tries < 100 && !answers(port_); ++tries) let_pass(50);
  if (!answers(port_)) throw std::runtime_error("nginx does not answer");
}

TlsProxy::~TlsProxy() {
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
}

}  // namespace lodge::benchmark
