// HTTP/2 against a server that nobody here wrote: Apache with mod_http2 and mod_dav.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "client/curl/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/socket.hpp"
#include "support/tls_server.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

namespace fs = std::filesystem;

constexpr auto apache = "/usr/sbin/apache2";
constexpr auto modules = "/usr/lib/apache2/modules";

class Apache {
 public:
  Apache()
      : certificate_(make_certificate(folder_, "DNS:localhost")),
        port_(listen_on_loopback(false, 1).second),
        process_({apache, "-f", write_settings(), "-DFOREGROUND"}) {
    ready_ = process_.wait_for_output("resuming normal operations");
  }

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] const std::string& output() const { return process_.output(); }
  [[nodiscard]] std::string url(const std::string& name) const {
    return "https://localhost:" + std::to_string(port_) + "/" + name;
  }
  [[nodiscard]] const std::string& trust() const { return certificate_.certificate_file; }

 private:
  std::string write_settings() const {
    const fs::path home = folder_.path();
    fs::create_directory(home / "documents");
    // A server started by root leaves that account.
    for (const fs::path& each : {home, home / "documents"}) {
      fs::permissions(each, fs::perms::all);
    }
    std::ofstream file(home / "apache.conf");
    for (const std::string module :
         {"mpm_event", "authz_core", "ssl", "http2", "headers", "dav", "dav_fs"}) {
      file << "LoadModule " << module << "_module " << modules << "/mod_" << module << ".so\n";
    }
    file << "ServerRoot " << home.string() << "\nServerName localhost\nPidFile apache.pid\n"
         << "Listen 127.0.0.1:" << port_
         << "\nErrorLog /proc/self/fd/2\nMutex file:" << home.string()
         << "\nDocumentRoot documents\nDavLockDB " << home.string() << "/locks\n"
         << "SSLEngine on\nSSLCertificateFile " << certificate_.certificate_file
         << "\nSSLCertificateKeyFile " << certificate_.key_file << "\nProtocols h2 http/1.1\n"
         << "<Directory />\nRequire all granted\nDav on\n</Directory>\n"
         << "Header always set X-Protocol expr=%{SERVER_PROTOCOL}\n"
         << "Header always set X-Port expr=%{REMOTE_PORT}\n";
    if (geteuid() == 0) file << "User nobody\nGroup nogroup\n";
    return home / "apache.conf";
  }

  TemporaryFolder folder_;
  Certificate certificate_;
  int port_;
  ChildProcess process_;
  bool ready_ = false;
};

bool can_run_apache() {
  const bool can = fs::exists(apache) && fs::exists(std::string(modules) + "/mod_http2.so") &&
                   is_installed("openssl");
  if (!can) WARN("SKIPPED: no Apache with mod_http2, or no openssl command");
  return can;
}

}  // namespace

TEST_CASE("over HTTP/2 requests in flight share connections", "[http2]") {
  if (!can_run_apache()) return;
  Apache server;
  INFO(server.output());
  REQUIRE(server.ready());
  client::CurlTransport transport({.ca_file = server.trust()});
  Transfers transfers(transport);
  constexpr std::size_t count = 200;
  for (std::size_t i = 0; i < count; ++i) {
    Request request = put(server.url(std::to_string(i)), "{\"number\":" + std::to_string(i) + "}");
    request.headers = {{"If-None-Match", "*"}, {"Content-Type", "application/json"}};
    transfers.start(request);
  }
  const auto ended = transfers.wait(count);
  REQUIRE(ended.size() == count);
  std::set<std::string> ports;
  for (const Finished& each : ended) {
    INFO(each.reply.detail);
    CHECK(each.reply.error == TransportError::none);
    CHECK(each.reply.status == 201);
    CHECK(each.reply.verified);
    CHECK(each.reply.departures == 1);
    CHECK(header(each.reply.headers, "X-Protocol") == "HTTP/2.0");
    ports.emplace(header(each.reply.headers, "X-Port").value_or(""));
  }
  CHECK(ports.size() < 16);
  CHECK(transfers.exchange(get(server.url("17"))).body == "{\"number\":17}");
}

TEST_CASE("without HTTP/2 the same server is asked over HTTP/1.1", "[http2]") {
  if (!can_run_apache()) return;
  Apache server;
  INFO(server.output());
  REQUIRE(server.ready());
  client::CurlTransport transport({.ca_file = server.trust(), .http2 = false});
  Transfers transfers(transport);
  const Reply reply = transfers.exchange(put(server.url("1"), "{}"));
  CHECK(reply.status == 201);
  CHECK(header(reply.headers, "X-Protocol") == "HTTP/1.1");
}

TEST_CASE("forgetting connections works over HTTP/2 too", "[http2]") {
  if (!can_run_apache()) return;
  Apache server;
  INFO(server.output());
  REQUIRE(server.ready());
  client::CurlTransport transport({.ca_file = server.trust()});
  Transfers transfers(transport);
  const Reply before = transfers.exchange(put(server.url("1"), "{}"));
  transport.forget_connections();
  const Reply after = transfers.exchange(get(server.url("1")));
  CHECK(after.status == 200);
  CHECK(header(before.headers, "X-Port") != header(after.headers, "X-Port"));
}

}  // namespace lodge::test
