// TLS: who is believed, and what is left behind. The certificates are made on the spot.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "client/curl/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/fault_server.hpp"
#include "support/tls_server.hpp"
#include "support/transfers.hpp"

namespace lodge::test {
namespace {

constexpr auto localhost = "DNS:localhost,IP:127.0.0.1";

bool can_make_certificates() {
  const bool can = is_installed("openssl");
  if (!can) WARN("SKIPPED: the openssl command is not installed");
  return can;
}

Reply ask(const std::string& url, const client::CurlOptions& options) {
  client::CurlTransport transport(options);
  Transfers transfers(transport);
  return transfers.exchange(get(url));
}

// Runs hidden tests of this program again, with their own environment.
void run_in_own_process(const std::string& tag, const std::vector<std::string>& environment) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  ChildProcess process({self, tag}, environment);
  const int code = process.wait();
  INFO(process.output());
  REQUIRE(code == 0);
  CHECK(process.output().find("All tests passed") != std::string::npos);
}

}  // namespace

TEST_CASE("a trusted certificate for the right name verifies the reply", "[tls]") {
  if (!can_make_certificates()) return;
  const TemporaryFolder folder;
  const Certificate certificate = make_certificate(folder, localhost);
  const TlsServer server(certificate);
  const Reply reply = ask(server.url(), {.ca_file = certificate.certificate_file});
  INFO(reply.detail);
  CHECK(reply.error == TransportError::none);
  CHECK(reply.status == 200);
  CHECK(reply.verified);
  CHECK(reply.loopback);
  CHECK(reply.address == "127.0.0.1");
  CHECK(reply.departures == 1);
}

TEST_CASE("S4: an unknown, expired or wrongly named certificate gets no request", "[S4]") {
  if (!can_make_certificates()) return;
  const TemporaryFolder folder;
  const auto refused = [](const Reply& reply) {
    INFO(reply.detail);
    CHECK(reply.error == TransportError::certificate);
    CHECK(reply.departures == 0);
    CHECK(reply.status == 0);
    CHECK_FALSE(reply.verified);
    CHECK_FALSE(reply.detail.empty());
  };
  SECTION("self-signed") {
    const TlsServer server(make_certificate(folder, localhost));
    refused(ask(server.url(), {}));
  }
  SECTION("expired") {
    const Certificate expired = make_certificate(folder, localhost, Validity::expired);
    const TlsServer server(expired);
    refused(ask(server.url(), {.ca_file = expired.certificate_file}));
  }
  SECTION("another name") {
    const Certificate other = make_certificate(folder, "DNS:other.example");
    const TlsServer server(other);
    refused(ask(server.url(), {.ca_file = other.certificate_file}));
  }
}

TEST_CASE("S4: a server that only speaks old TLS gets no request", "[S4]") {
  if (!can_make_certificates()) return;
  const TemporaryFolder folder;
  const Certificate certificate = make_certificate(folder, localhost);
  const TlsServer server(certificate, {"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"});
  const Reply reply = ask(server.url(), {.ca_file = certificate.certificate_file});
  CHECK(reply.error == TransportError::handshake);
  CHECK(reply.departures == 0);
}

// Even where the system's own policy would let it pass: that is what the configuration is for,
// which OpenSSL reads once per process.
TEST_CASE("S4: old TLS is refused on a machine that allows it", "[S4]") {
  if (!can_make_certificates()) return;
  const TemporaryFolder folder;
  const std::string policy = folder / "openssl.cnf";
  std::ofstream(policy)
      << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = any\n"
         "[any]\nMinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0\n";
  const Certificate certificate = make_certificate(folder, localhost);
  const TlsServer server(certificate, {"-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"});
  run_in_own_process("[old-tls-in-own-process]",
                     {"OPENSSL_CONF=" + policy, "SERVER=" + server.url(),
                      "TRUST=" + certificate.certificate_file});
}

TEST_CASE("a request to the server of the old TLS test", "[.][old-tls-in-own-process]") {
  const char* server = std::getenv("SERVER");
  const char* trust = std::getenv("TRUST");
  REQUIRE(server != nullptr);
  REQUIRE(trust != nullptr);
  const Reply reply = ask(server, {.ca_file = trust});
  INFO(reply.detail);
  CHECK(reply.error == TransportError::handshake);
  CHECK(reply.departures == 0);
}

TEST_CASE("a handshake that is cut, reset or answered in cleartext is a handshake", "[tls]") {
  const Script script = GENERATE(Script{AwaitBytes{}, Close{}}, Script{AwaitBytes{}, Reset{}},
                                 Script{AwaitBytes{}, Send{"HTTP/1.1 400 No\r\n\r\n"}, Close{}});
  FaultServer server(FaultHandlers{.on_connect = [&](int) { return script; }});
  const Reply reply = ask("https://127.0.0.1:" + std::to_string(server.port()) + "/", {});
  CHECK(reply.error == TransportError::handshake);
  CHECK(reply.departures == 0);
}

TEST_CASE("a handshake that never goes on ends with the connect timeout", "[tls]") {
  FaultServer server(FaultHandlers{.on_connect = [](int) { return Script{Hang{}}; }});
  const Reply reply = ask("https://127.0.0.1:" + std::to_string(server.port()) + "/",
                          {.connect_timeout = std::chrono::milliseconds(150)});
  CHECK(reply.error == TransportError::handshake);
  CHECK(reply.departures == 0);
}

// libcurl reads the variable once per process, so this runs the test below in a process of its own.
TEST_CASE("S13: no session key is written to SSLKEYLOGFILE", "[S13]") {
  if (!can_make_certificates()) return;
  const TemporaryFolder folder;
  const std::string log = folder / "keys.log";
  run_in_own_process("[keylog-in-own-process]", {"SSLKEYLOGFILE=" + log});
  std::error_code missing;
  const auto size = std::filesystem::file_size(log, missing);
  CHECK((missing || size == 0));
}

TEST_CASE("a verified exchange for the key log test", "[.][keylog-in-own-process]") {
  REQUIRE(std::getenv("SSLKEYLOGFILE") != nullptr);
  const TemporaryFolder folder;
  const Certificate certificate = make_certificate(folder, localhost);
  const TlsServer server(certificate);
  const Reply reply = ask(server.url(), {.ca_file = certificate.certificate_file});
  REQUIRE(reply.status == 200);
}

}  // namespace lodge::test
