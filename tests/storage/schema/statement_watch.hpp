#pragma once

#include <set>
#include <string>

namespace lodge::storage::test {

/// Notes the text of every statement that is run, on every connection opened in its life. One at a
/// time in a process.
class StatementWatch {
 public:
  StatementWatch();
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  [[nodiscard]] std::set<std::string> seen() const;
};

}  // namespace lodge::storage::test
