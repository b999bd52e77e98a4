#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace lodge::benchmark {

/// The same outbox as a Python program keeps it with its sqlite3 module's defaults: the default
/// journal, and a transaction for the two inserts. A process of its own, fed through pipes.
class PythonStore {
 public:
  static bool is_installed();

  explicit PythonStore(const std::string& path);
  ~PythonStore();
  PythonStore(const PythonStore&) = delete;
  PythonStore& operator=(const PythonStore&) = delete;

  /// Returns when all are on disk, each by its own commit.
  void submit(const std::vector<std::string>& texts);

 private:
  std::FILE* forms_ = nullptr;
  std::FILE* replies_ = nullptr;
  int process_ = -1;
};

}  // namespace lodge::benchmark
