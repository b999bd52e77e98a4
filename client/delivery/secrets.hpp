#pragma once

#include <string>
#include <vector>

#include "lodge/transport.hpp"

namespace lodge::client {

/// The credentials of one request. A server may repeat them in its words (a debugging page, a
/// problem's detail), and those words are kept; the credentials are not.
class Secrets {
 public:
  Secrets() = default;
  explicit Secrets(const std::vector<Header>& credentials);

  /// Takes them out of `words`. Values shorter than 8 bytes are no secrets.
  void hide(std::string& words) const;

 private:
  std::vector<std::string> values_;
};

}  // namespace lodge::client
