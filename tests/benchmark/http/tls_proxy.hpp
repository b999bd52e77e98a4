#pragma once

#include <string>

#include "benchmark/store/forms.hpp"

namespace lodge::benchmark {

/// nginx in front of a server: TLS 1.3 with a certificate of its own, HTTP/1.1 and, where `http2`,
/// HTTP/2. One worker, connections kept on both sides. Needs nginx and the openssl command.
class TlsProxy {
 public:
  TlsProxy(int port_behind, bool http2);
  ~TlsProxy();
  TlsProxy(const TlsProxy&) = delete;
  TlsProxy& operator=(const TlsProxy&) = delete;

  static bool is_installed();
  [[nodiscard]] std::string url() const { return "https://localhost:" + std::to_string(port_); }
  [[nodiscard]] std::string ca_file() const { return folder_ / "certificate.pem"; }

 private:
  DiskFolder folder_{true};
  int port_ = 0;
  int process_ = -1;
};

}  // namespace lodge::benchmark
