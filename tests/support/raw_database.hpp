#pragma once

#include <cstdint>
#include <string>

struct sqlite3;

namespace lodge::test {

/// A plain SQLite connection with none of lodge's settings: another program that meddles with a
/// store, or looks at it.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path);
  ~RawDatabase();
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  void run(const std::string& sql);
  /// The first column of the first row.
  std::string text(const std::string& sql);
  std::int64_t number(const std::string& sql);

 private:
  sqlite3* handle_ = nullptr;
};

}  // namespace lodge::test
