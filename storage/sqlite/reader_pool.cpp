#include "storage/sqlite/reader_pool.hpp"

#include <utility>

namespace lodge::storage {

ReaderPool::ReaderPool(const DatabaseOptions& options) : options_(options) {
  options_.read_only = true;
  idle_.reserve(most);
}

void ReaderPool::read(const std::function<void(Database&)>& unit) {
  auto connection = take();
  try {
    connection->begin_reading();
    unit(*connection);
  } catch (...) {
    if (!connection->rollback()) connection.reset();
    give_back(std::move(connection));
    throw;
  }
  if (!connection->rollback()) connection.reset();
  give_back(std::move(connection));
}

std::unique_ptr<Database> ReaderPool::take() {
  {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !idle_.empty() || open_ < most; });
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    ++open_;
  }
  try {
    return std::make_unique<Database>(options_);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

/// Takes back a connection; null: one that had to be thrown away.
void ReaderPool::give_back(std::unique_ptr<Database> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection)
      idle_.push_back(std::move(connection));
    else
      --open_;
  }
  returned_.notify_one();
}

}  // namespace lodge::storage
