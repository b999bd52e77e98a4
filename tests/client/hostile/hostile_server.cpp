#include "client/hostile/hostile_server.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "client/curl/curl_transport.hpp"
#include "client/live_server.hpp"
#include "support/catch.hpp"
#include "support/tls_server.hpp"

namespace lodge::test {
namespace {

constexpr const char* python = "/usr/bin/python3";

bool can_bridge() {
  static const bool can = [] {
    if (!is_installed("openssl")) return false;
    ChildProcess asked({python, "-c", "import h2, ssl"});
    return asked.wait() == 0;
  }();
  return can;
}

Request request_of(const SeenRequest& seen) {
  Request request;
  request.method = seen.method == "PUT"      ? Method::put
                   : seen.method == "DELETE" ? Method::del
                                             : Method::get;
  request.url = "http://127.0.0.1" + seen.target;
  request.headers = seen.headers;
  request.body = seen.body;
  return request;
}

}  // namespace

std::string_view name(Wire wire) {
  switch (wire) {
    case Wire::plain:
      return "HTTP/1.1";
    case Wire::tls:
      return "HTTP/1.1 over TLS";
    case Wire::http2:
      return "HTTP/2";
  }
  return "";
}

bool can_have(Wire wire) {
  if (wire == Wire::plain || can_bridge()) return true;
  WARN("SKIPPED: " << name(wire) << " needs the openssl command and the package python3-h2");
  return false;
}

std::string text_of(const Reply& reply) {
  std::string lines;
  for (const Header& field : reply.headers) lines += field.name + ": " + field.value + "\r\n";
  if (reply.status == 204) return "HTTP/1.1 204 X\r\n" + lines + "\r\n";
  return http_reply(reply.status, lines, reply.body);
}

HostileServer::HostileServer(Wire wire) : wire_(wire) {
  behind_ = std::make_unique<FaultServer>(
      FaultHandlers{.on_head = [this](const SeenRequest& request) { return answer_early(request); },
                    .on_request = [this](const SeenRequest& request) { return answer(request); }});
  port_ = behind_->port();
  if (wire == Wire::plain) return;
  const Certificate certificate = make_certificate(folder_, "DNS:localhost,IP:127.0.0.1");
  certificate_ = certificate.certificate_file;
  bridge_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{python, LODGE_SOURCE_DIR "/tests/servers/h2_bridge.py",
                               std::to_string(port_), certificate_, certificate.key_file});
  if (!bridge_->wait_for_output("port ") || !bridge_->wait_for_output("\n")) {
    throw std::runtime_error("no bridge: " + bridge_->output());
  }
  port_ = std::stoi(bridge_->output().substr(bridge_->output().find("port ") + 5));
}

HostileServer::~HostileServer() {
  bridge_.reset();
  behind_.reset();  // its threads use the rest
}

void HostileServer::set_trouble(Trouble trouble, bool early) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
  early_ = early;
}

Script HostileServer::answer_early(const SeenRequest& request) {
  Trouble trouble;
  {
    const std::lock_guard lock(mutex_);
    if (!early_ || !trouble_) return {};
    trouble = trouble_;
  }
  return trouble(request, [] { return Reply{}; }).value_or(Script{});
}

Script HostileServer::answer(const SeenRequest& request) {
  Trouble trouble;
  {
    const std::lock_guard lock(mutex_);
    if (!early_) trouble = trouble_;
  }
  const Serve serve = [&] {
    const std::lock_guard lock(mutex_);
    return forms_.handle(request_of(request), wall_now());
  };
  if (trouble) {
    if (auto script = trouble(request, serve)) return *script;
  }
  return {Send{text_of(serve())}};
}

std::string HostileServer::endpoint() const {
  return (wire_ == Wire::plain ? "http" : "https") + std::string("://127.0.0.1:") +
         std::to_string(port_) + "/v1";
}

Options HostileServer::options(const TemporaryFolder& folder) const {
  Options options = live_options(folder, endpoint());
  options.retry = {.first = std::chrono::minutes(1),
                   .ceiling = std::chrono::minutes(1),
                   .floor = std::chrono::minutes(1)};
  client::CurlOptions curl{.http2 = wire_ == Wire::http2};
  if (wire_ != Wire::plain) curl.ca_file = certificate_;
  options.transport = std::make_shared<client::CurlTransport>(std::move(curl));
  return options;
}

std::size_t HostileServer::effects_of(const RecordId& record) const {
  const std::lock_guard lock(mutex_);
  return forms_.ledger().of_record(record).size();
}

std::size_t HostileServer::doubled() const {
  const std::lock_guard lock(mutex_);
  return forms_.ledger().doubled_keys().size();
}

std::string HostileServer::document(const RecordId& record) const {
  const std::lock_guard lock(mutex_);
  const demo::ServerRecord* found = forms_.find(record);
  return found != nullptr && found->content ? *found->content : std::string();
}

std::string HostileServer::edit(const RecordId& record, const std::string& content) {
  const std::lock_guard lock(mutex_);
  return forms_.edit(record, nlohmann::json::parse(content), wall_now());
}

}  // namespace lodge::test
