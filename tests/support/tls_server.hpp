#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::test {

/// A self-signed certificate and its key, made by the openssl command.
struct Certificate {
  std::string certificate_file{};
  std::string key_file{};
};

enum class Validity { now, expired };

/// A certificate for `names` ("DNS:localhost,IP:127.0.0.1") in `folder`. Throws when openssl fails.
Certificate make_certificate(const TemporaryFolder& folder, const std::string& names,
                             Validity validity = Validity::now);

/// `openssl s_server`, which answers a GET with a page, on a free port of 127.0.0.1.
class TlsServer {
 public:
  explicit TlsServer(const Certificate& certificate, const std::vector<std::string>& options = {});
  [[nodiscard]] int port() const { return port_; }
  /// "https://localhost:port/"
  [[nodiscard]] std::string url() const;

 private:
  std::unique_ptr<ChildProcess> process_;
  int port_ = 0;
};

}  // namespace lodge::test
