#include "support/tls_server.hpp"

#include <stdexcept>

namespace lodge::test {
namespace {

void run_openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  ChildProcess process(arguments);
  if (process.wait() != 0) throw std::runtime_error("openssl: " + process.output());
}

}  // namespace

Certificate make_certificate(const TemporaryFolder& folder, const std::string& names,
                             Validity validity) {
  const std::string key = folder / "key.pem";
  const std::string request = folder / "request.pem";
  const std::string certificate = folder / "certificate.pem";
  run_openssl({"req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", key, "-out", request, "-subj", "/CN=lodge test", "-addext",
               "subjectAltName=" + names});
  // -1: it ended a day ago.
  const std::string days = validity == Validity::expired ? "-1" : "2";
  run_openssl({"x509", "-req", "-in", request, "-signkey", key, "-out", certificate, "-days", days,
               "-copy_extensions", "copy"});
  return {certificate, key};
}

TlsServer::TlsServer(const Certificate& certificate, const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"openssl",
                                        "s_server",
                                        "-www",
                                        "-accept",
                                        "127.0.0.1:0",
                                        "-cert",
                                        certificate.certificate_file,
                                        "-key",
                                        certificate.key_file};
  arguments.insert(arguments.end(), options.begin(), options.end());
  process_ = std::make_unique<ChildProcess>(arguments);
  const std::string told = "ACCEPT 127.0.0.1:";
  const bool ready = process_->wait_for_output(told) && process_->wait_for_output("\n");
  if (!ready) throw std::runtime_error("openssl s_server: " + process_->output());
  const std::string& output = process_->output();
  port_ = std::stoi(output.substr(output.find(told) + told.size()));
}

std::string TlsServer::url() const { return "https://localhost:" + std::to_string(port_) + "/"; }

}  // namespace lodge::test
