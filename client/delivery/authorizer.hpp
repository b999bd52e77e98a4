#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lodge/options.hpp"

namespace lodge::client {

/// Asks the host for credentials, once for all forms of an identity in a pass, and keeps them in
/// memory only until the pass ends or the server refuses them. Threads: the worker only.
class Authorizer {
 public:
  using Ask = std::function<std::vector<Header>(const Authorization&)>;

  explicit Authorizer(Ask ask) : ask_(std::move(ask)) {}

  /// Headers for a request of that identity; none where the host has no `authorize`. Empty
  /// optional: the host failed (`words` says how), so nothing of this identity may go.
  std::optional<std::vector<Header>> headers(const std::string& identity, std::string& words);

  /// The server refused: asks for fresh ones, once until the next forget().
  std::optional<std::vector<Header>> refresh(const std::string& identity, std::string& words);

  /// Between passes: the next request asks again.
  void forget() { known_.clear(); }

 private:
  struct Known {
    std::optional<std::vector<Header>> headers{};
    std::string words{};
    bool refreshed = false;
  };
  Known ask(const std::string& identity, bool refresh) const;

  Ask ask_;
  std::map<std::string, Known> known_{};
};

}  // namespace lodge::client
