#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/sqlite/database.hpp"

namespace lodge::storage {

/// A few connections for reading beside writers, opened when first needed. Each read sees one
/// snapshot, held no longer than the unit runs.
///
/// Threads: any.
class ReaderPool {
 public:
  explicit ReaderPool(const DatabaseOptions& options);

  void read(const std::function<void(Database&)>& unit);

 private:
  static constexpr int most = 2;
  std::unique_ptr<Database> take();
  void give_back(std::unique_ptr<Database> connection);

  DatabaseOptions options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> idle_;  // guarded by mutex_
  int open_ = 0;                                 // guarded by mutex_
};

}  // namespace lodge::storage
