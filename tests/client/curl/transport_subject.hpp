#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lodge/transport.hpp"

namespace lodge::test {

/// A transport under the conformance suite, with a server behind it that echoes: status 200, the
/// request's body, its method in "X-Method" and its "X-Echo" in "X-Echo".
class TransportSubject {
 public:
  TransportSubject() = default;
  TransportSubject(const TransportSubject&) = delete;
  TransportSubject& operator=(const TransportSubject&) = delete;
  virtual ~TransportSubject() = default;

  virtual Transport& transport() = 0;
  /// Ends the transport, with whatever it has in flight.
  virtual void destroy() = 0;
  [[nodiscard]] virtual std::string url() const = 0;
  /// From now on the server's replies wait ...
  virtual void stall() = 0;
  /// ... until this.
  virtual void resume() = 0;
};

std::unique_ptr<TransportSubject> curl_subject();
std::unique_ptr<TransportSubject> memory_subject();
std::unique_ptr<TransportSubject> failing_subject();

}  // namespace lodge::test
