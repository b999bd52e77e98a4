#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/server/forms_server.hpp"
#include "lodge/options.hpp"
#include "support/child_process.hpp"
#include "support/fault_server.hpp"
#include "support/temporary_folder.hpp"

namespace lodge::test {

/// How the client reaches the server.
enum class Wire { plain, tls, http2 };

inline constexpr Wire every_wire[] = {Wire::plain, Wire::tls, Wire::http2};

std::string_view name(Wire wire);

/// False, with a loud word, where the wire cannot be had: TLS needs openssl and python3-h2.
bool can_have(Wire wire);

/// The text of a reply, with an exact Content-Length where a body may be.
std::string text_of(const Reply& reply);

/// The reference server at the end of a wire of some kind, with troubles on order.
///
/// Threads: troubles run on the fault server's threads; all members may be called from any thread.
class HostileServer {
 public:
  /// Lets the reference server handle the request: the effect takes place.
  using Serve = std::function<Reply()>;
  /// What a request meets; empty: it is served, and the reply goes out.
  using Trouble = std::function<std::optional<Script>(const SeenRequest&, const Serve&)>;

  explicit HostileServer(Wire wire);
  ~HostileServer();

  /// `early`: asked after the head already, before the body is read; then it cannot serve.
  void set_trouble(Trouble trouble, bool early = false);
  void heal() { set_trouble({}); }

  [[nodiscard]] std::string endpoint() const;
  /// A client's options for this wire: quick to connect, slow to try again by itself.
  [[nodiscard]] Options options(const TemporaryFolder& folder) const;

  [[nodiscard]] std::size_t effects_of(const RecordId& record) const;
  [[nodiscard]] std::size_t doubled() const;
  /// The record's document as JSON text; empty when it is not there.
  [[nodiscard]] std::string document(const RecordId& record) const;
  std::string edit(const RecordId& record, const std::string& content);
  [[nodiscard]] std::vector<SeenRequest> requests() const { return behind_->requests(); }
  [[nodiscard]] int port() const { return port_; }

 private:
  Script answer(const SeenRequest& request);
  Script answer_early(const SeenRequest& request);

  Wire wire_;
  mutable std::mutex mutex_;
  demo::FormsServer forms_{};
  Trouble trouble_{};
  bool early_ = false;
  std::unique_ptr<FaultServer> behind_{};
  TemporaryFolder folder_{};
  std::string certificate_{};
  std::unique_ptr<ChildProcess> bridge_{};
  int port_ = 0;
};

}  // namespace lodge::test
